// userd's public keys as a gateway has them: copies, each in a file named by its kid. HAProxy reads
// keys by path at its start, and a rotation makes another key of `userd.pub`.
//
// Thread safety: one thread for each folder.
#pragma once

#include "base/error.hpp"
#include "gateway/settings.hpp"

namespace shop::cli {

// render_gateway() with the keys that `keys_dir` has now, which become `users_keys` and are copied
// into `key_copies` (made where it is missing). Copies from before stay: an HAProxy that starts
// with an older configuration needs them. failed_precondition where the folder has no keys, or
// something else in their place.
Result<std::string> render_with_keys(GatewaySettings settings);

// Lines that verify a token's signature with the key that it names, into the variable txn.signed; a
// token that names none is from before they did: the current one is tried.
std::string key_lines(const GatewaySettings& settings);

}  // namespace shop::cli
