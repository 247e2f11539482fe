// Key files: key pairs on the curve P-256, in PEM. Inside lib/auth only.
//
// Thread safety: any thread, any process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::auth {

// The text of `<folder>/<name>.key` and of `<folder>/<name>.pub`. not_found where there is no such
// file, failed_precondition where it holds anything but a key on P-256.
Result<std::string> read_private_key(const std::filesystem::path& folder, const std::string& name);
Result<std::string> read_public_key(const std::filesystem::path& folder, const std::string& name);

inline constexpr mode_t kPrivateMode = 0600;
inline constexpr mode_t kPublicMode = 0644;
// `<folder>/<name>.key` and `<folder>/<name>.pub`.
std::filesystem::path key_path(const std::filesystem::path& folder, const std::string& name);
std::filesystem::path public_path(const std::filesystem::path& folder, const std::string& name);

// A new key on P-256, in PEM.
Result<std::string> make_private_key();
// The public key that belongs to it, in PEM.
Result<std::string> derive_public_key(const std::string& private_pem);

inline constexpr auto kClockSkew = std::chrono::seconds(60);  // between two machines
// Files are looked at once a second at most. A clock that was set back must not stop that.
inline bool is_due(Time last, Time now) {
    return now < last || now - last >= std::chrono::seconds(1);
}

}  // namespace shop::auth
