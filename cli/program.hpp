// Runs another program to its end: systemctl, podman, ssh, hooks.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::cli {

struct ProgramResult {
    int status = 0;         // its exit code; 128 + the signal where one ended it
    std::string output;     // what it wrote to standard output, cut at `output_bytes_max`
    std::string complaint;  // and to standard error, likewise

    bool good() const { return status == 0; }
};

struct ProgramOptions {
    std::string_view input = {};                 // its standard input
    std::chrono::milliseconds deadline{30'000};  // then it and its process group are killed
    std::size_t output_bytes_max = 4 * 1024 * 1024;
};

// words[0] is looked for in PATH. No shell reads the words. Any exit code is a success here;
// not_found where there is no such program, timeout where its time was over, internal where it
// could not be started.
Result<ProgramResult> run_program(const std::vector<std::string>& words,
                                  const ProgramOptions& options = {});
// The same, where only exit code 0 will do: else failed_precondition with the program's name and
// the last lines of its complaint. Its standard output.
Result<std::string> output_of(const std::vector<std::string>& words,
                              const ProgramOptions& options = {});

}  // namespace shop::cli
