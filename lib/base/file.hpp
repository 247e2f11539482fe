// Whole files: read, and written so that a reader (or a power cut) sees the old content or the new,
// never a part.
//
// Thread safety: any thread; two writers of one path: the last rename wins.
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop {

// not_found where there is no such file; invalid_argument where it is larger than `bytes_max`.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t bytes_max = 16 * 1024 * 1024);
// Writes beside, fsyncs, renames over, fsyncs the folder. `mode` holds from the first byte on.
Result<void> write_file(const std::filesystem::path& path, std::string_view content, mode_t mode);
// Puts the names of the folder on disk: a file that is new or was renamed is durable after that.
Result<void> sync_folder(const std::filesystem::path& folder);
// Makes the folder (and its parents) with this mode where it is missing.
Result<void> make_folder(const std::filesystem::path& path, mode_t mode);

}  // namespace shop
