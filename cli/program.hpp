// Programs of which nothing but success will do: systemctl, podman, ssh, hooks. See
// base/program.hpp.
//
// Thread safety: any thread.
#pragma once

#include <string>
#include <vector>

#include "base/program.hpp"

namespace shop::cli {

// run_program() where only exit code 0 will do: else failed_precondition with the program's name
// and the last lines of its complaint. Its standard output.
Result<std::string> output_of(const std::vector<std::string>& words,
                              const ProgramOptions& options = {});

}  // namespace shop::cli
