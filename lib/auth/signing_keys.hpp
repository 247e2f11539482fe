// The keys that a signer signs with, by and by. userd has three: the current one signs; the next
// one is there and published one period before it signs, so that whoever verifies has it in time;
// what the previous one signed is still good. The other daemons have their current one alone.
//
// Files, for the signer X: `X.key` and `X.pub` (current), `X.next.key` and `X.next.pub`,
// `X.previous.pub`. A public key belongs to its state since its file was written.
//
// A rotation is two steps, each of which happens as a whole or not at all:
//   1. X.previous.pub gets what X.pub has;
//   2. X.next.key is renamed to X.key.
// After either of them ensure_keys() makes the folder whole: X.pub and X.next.pub always follow
// from the private keys, and a missing next key is made. So a crash after 1 leaves all as it was
// (previous and current are one key), and one after 2 leaves a rotation that the next start ends.
// An emergency gives X.key up at its first step:
//   1. X.previous.pub is removed;  2. X.next.key is removed;  3. X.key gets a new key.
// A crash in between leaves fewer keys to trust than before; it is repeated.
//
// Thread safety: any thread. One process at a time rotates the keys of one signer.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "auth/public_key.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::auth {

enum class KeyState { current, next, previous };
std::string_view name_of(KeyState state);

struct SigningKey {
    PublicKey key;
    KeyState state;
    Time since;  // in this state
};

// The current one first, then next and previous where they are there; each key once. not_found
// where there is no current one.
Result<std::vector<SigningKey>> signing_keys(const std::filesystem::path& folder,
                                             const std::string& name);

// Changes whenever one of the public files does; cheap.
std::string keys_stamp(const std::filesystem::path& folder, const std::string& name);

enum class Rotation {
    ordinary,   // previous := current := next := a new one
    emergency,  // both are new and nothing else is good any more: somebody may have the keys
};
// The way of `how`, step by step, then ensure_keys(). failed_precondition where the signer has no
// next key.
Result<void> rotate_keys(const std::filesystem::path& folder, const std::string& name,
                         Rotation how);

}  // namespace shop::auth
