// Refused sign-ins and keys in the audit log: whose account it was about and from where. What was
// typed for a name is not kept where it is none, since people type passwords there.
//
// Tokens that nobody can read, or keys that nobody has, are in the log alone.
//
// Thread safety: any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "userd/routes.hpp"

namespace shop::users {

// For unauthenticated and resource_exhausted; nothing for any other error. One that is slowed down
// is noted once a minute for an account and address.
void note_refused_sign_in(const Parts& parts, const runtime::Call& call, const std::string& login,
                          const Error& error);

// What comes of a sign-in as `login`, noted where it is refused.
template <class T>
Result<T> audited(const Parts& parts, const runtime::Call& call, const std::string& login,
                  Result<T> outcome) {
    if (!outcome) note_refused_sign_in(parts, call, login, outcome.error());
    return outcome;
}

// A key or refresh token that was presented and refused: noted where it is one of ours, that is
// over or whose account may not sign in.
void note_refused_key(const Parts& parts, const store::Store& store, const events::Origin& origin,
                      std::string_view secret);

}  // namespace shop::users
