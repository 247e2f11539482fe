// Passwords: argon2id by libsodium, in its encoded form ("$argon2id$v=19$m=…").
//
// Thread safety: any thread. At most one hash for each core runs at once, since each takes its
// memory and all of a core. A few callers more (set_hash_callers_max) wait for their turn, for up
// to 2 s; who comes beyond them gets unavailable at once.
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

// How many threads may be busy with hashes at once, running or waiting: 1 to five for each core,
// which is what it is at first. For the whole process. A service sets it below the number of its
// workers, so that sign-ins alone never keep all of them.
void set_hash_callers_max(std::size_t callers);

// Rules for a new password, after NIST SP 800-63B: 8 to 256 bytes of UTF-8, of any kind; not one
// that a guesser finds within a million attempts, who knows common passwords, words, names, dates,
// rows of keys, and this account's username and e-mail address. invalid_argument at /password.
Result<void> check_new_password(std::string_view password, std::string_view username,
                                std::string_view email = "");
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
// false for a wrong password, and for an empty `hash` (an unknown user) after the same work, so
// that the time tells nothing.
Result<bool> verify_password(std::string_view password, std::string_view hash,
                             const PasswordCost& cost);
// Whether `hash` was made at another cost.
bool needs_rehash(const std::string& hash, const PasswordCost& cost);

}  // namespace shop::auth
