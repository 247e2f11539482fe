// Sign-ins: sessions, their tokens and keys, and how they end.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "auth/principal.hpp"
#include "auth/token.hpp"
#include "userd/store.hpp"

namespace shop::users {

// A new session and its secret, which is shown once and kept as a hash.
struct NewSession {
    SessionRecord record;
    std::string secret;
};
// `kind` as in SessionRecord. Also takes a few ended sessions away. unauthenticated where `user` is
// not the account as it is stored now.
Result<NewSession> begin_session(const Tables& tables, events::Change& change,
                                 const api::User& user, const std::string& kind,
                                 std::chrono::hours life);

// The next refresh token for this one. unauthenticated where it is unknown, over, or its account
// may not sign in. A token that was used before was stolen by somebody: `reused` is set, and the
// caller ends the session.
struct Refreshed {
    NewSession session;
    api::User user;
    bool reused = false;
};
Result<Refreshed> refresh_session(const Tables& tables, events::Change& change,
                                  std::string_view secret);

// false where it is over already.
bool end_session(const Tables& tables, events::Change& change, std::string_view session_id);
// All of the user's but `keep` (an id; may be empty).
void end_sessions_of(const Tables& tables, events::Change& change, std::string_view user_id,
                     std::string_view keep);

// Whose key of the course's API this is. unauthenticated where it is none, or over.
Result<auth::Principal> principal_of_key(const Tables& tables, const store::Snapshot& snapshot,
                                         std::string_view key, Time now);
// Whether a valid token still stands: its session is there and its account has the role that it
// says. Tokens of services always stand.
Result<void> check_standing(const Tables& tables, const store::Snapshot& snapshot,
                            const auth::Principal& principal, Time now);

// The tokens of a session as the client gets them.
Result<api::Session> tokens_of(const NewSession& session, const api::User& user,
                               const auth::Signer& signer, Time now);

}  // namespace shop::users
