// Key files: key pairs on the curve P-256, in PEM. Inside lib/auth only.
//
// Thread safety: any thread, any process.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace shop::auth {

// The text of `<folder>/<name>.key` and of `<folder>/<name>.pub`. not_found where there is no such
// file, failed_precondition where it holds anything but a key on P-256.
Result<std::string> read_private_key(const std::filesystem::path& folder, const std::string& name);
Result<std::string> read_public_key(const std::filesystem::path& folder, const std::string& name);

}  // namespace shop::auth
