// Passwords: argon2id by libsodium, in its encoded form ("$argon2id$v=19$m=…").
//
// Thread safety: any thread. At most `kHashesAtOnce` hashes run at once, since each takes its
// memory; a caller waits for its turn for up to 2 s, then gets unavailable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop::auth {

struct PasswordCost {
    std::uint64_t memory_bytes = 64 * 1024 * 1024;
    std::uint64_t passes = 2;
};
inline constexpr int kHashesAtOnce = 2;

// Rules for a new password: 8 to 256 bytes of UTF-8, not only blanks, not the username.
// invalid_argument at /password.
Result<void> check_new_password(std::string_view password, std::string_view username);
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
// false for a wrong password, and for an empty `hash` (an unknown user) after the same work, so
// that the time tells nothing.
Result<bool> verify_password(std::string_view password, std::string_view hash,
                             const PasswordCost& cost);

}  // namespace shop::auth
