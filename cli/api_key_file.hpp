// The API key that a job works with instead of a login: a file that $SHOPCTL_API_KEY_FILE names and
// that nobody but its owner may read.
//
// Thread safety: free functions; they read the environment and files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace shop::cli {

// Nothing where the variable is not set, or empty.
std::optional<std::filesystem::path> api_key_file();
// The key in it, without the end of its line. invalid_argument, with the remedy, where others may
// read the file or it holds no API key; not_found where there is none.
Result<std::string> read_api_key(const std::filesystem::path& file);
// failed_precondition where the variable is set: for what only a login can do.
Result<void> check_no_api_key();

}  // namespace shop::cli
