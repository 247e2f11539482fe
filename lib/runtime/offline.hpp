// What a daemon does with its store while no service has it open, instead of serving: `--restore`
// and `--compact`. One JSON line on stdout says what was done.
//
// Thread safety: owns standard input and output.
#pragma once

#include <filesystem>

#include "base/error.hpp"

namespace shop::runtime {

// The store in `data_dir` becomes what the zstd-compressed dump on standard input holds (see
// store/offline.hpp). Prints {"entries":…,"bytes":…}.
Result<void> restore_from_stdin(const std::filesystem::path& data_dir);
// Prints {"bytes_before":…,"bytes_after":…}.
Result<void> compact(const std::filesystem::path& data_dir);

}  // namespace shop::runtime
