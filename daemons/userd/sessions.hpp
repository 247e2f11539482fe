// Sign-ins: sessions, their tokens and keys, what these may do, and how they end. API keys are made
// in api_keys.hpp.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/sessions.hpp"
#include "auth/principal.hpp"
#include "auth/token.hpp"
#include "userd/store.hpp"

namespace shop::users {

inline constexpr std::size_t kUserAgentBytesMax = 200;
inline constexpr std::string_view kKeyIdPrefix = "apk";  // of API keys' ids
inline constexpr std::size_t kKeyPrefixBytes = 8;        // of a secret that are shown: "key_AbCd"
// How often it is written that a key was used.
inline constexpr std::chrono::minutes kUseWritten{1};

// A new session and its secret, which is shown once and kept as a hash.
struct NewSession {
    SessionRecord record;
    std::string secret;
};
// `kind` is "token" or "course"; `user_agent` what the client calls itself. Also takes a few ended
// sessions away. unauthenticated where `user` is not the account as it is stored now.
Result<NewSession> begin_session(const Tables& tables, events::Change& change,
                                 const api::User& user, const std::string& kind,
                                 std::chrono::hours life, std::string_view user_agent = "");

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
// All of the user's but `keep` (an id; may be empty): also the API keys. For whatever changes what
// the account may do.
void end_sessions_of(const Tables& tables, events::Change& change, std::string_view user_id,
                     std::string_view keep);
// The same but for API keys, which go on. For a new password, and for signing out everywhere.
void end_sign_ins_of(const Tables& tables, events::Change& change, std::string_view user_id,
                     std::string_view keep);

// One page of what gives access to an account now, the newest of a kind first.
struct SessionList {
    std::vector<SessionRecord> items;
    std::string next_cursor;  // empty on the last one
};
enum class Listed { all, keys };  // keys: of the API and of the course's
Result<SessionList> list_sessions(const Tables& tables, const store::Snapshot& snapshot,
                                  std::string_view user_id, const api::SessionQuery& query,
                                  Listed listed, Time now);
// Of the account `who`, or of anybody with `scope`; not_found otherwise, and where it is over.
Result<SessionRecord> find_session(const Tables& tables, const store::Snapshot& snapshot,
                                   std::string_view session_id, const auth::Principal& who,
                                   std::string_view scope, Time now);

// What a session's tokens and keys may do: what the account's role may, and of that only what the
// session has scopes for. The one place where this is decided.
auth::Principal principal_of(const Tables& tables, const store::Snapshot& snapshot,
                             const api::User& user, const SessionRecord& session, Time expires_at);

// A key as it was presented, its account, and until when this secret of it works.
struct PresentedKey {
    SessionRecord session;
    api::User user;
    Time expires_at{};
};
// unauthenticated where it is none, or over, or its account may not sign in.
Result<PresentedKey> find_key(const Tables& tables, const store::Snapshot& snapshot,
                              std::string_view secret, Time now);
// Whose key this is: an API key, or one of the course's API. unauthenticated as find_key. Writes
// the use where it is due.
Result<auth::Principal> principal_of_key(const Tables& tables, store::Store& store,
                                         std::string_view secret, Time now);
// Writes that a key was used, unless that was written within kUseWritten. Whether it was. No event:
// it would be one a minute for each key.
bool record_use(const Tables& tables, store::Transaction& tx, std::string_view session_id,
                Time now);
bool use_is_due(const SessionRecord& session, Time now);

// Whether a valid token still stands: its session is there and its account has the role that it
// says. Tokens of services always stand.
Result<void> check_standing(const Tables& tables, const store::Snapshot& snapshot,
                            const auth::Principal& principal, Time now);

// The tokens of a session as the client gets them.
Result<api::Session> tokens_of(const Tables& tables, const store::Snapshot& snapshot,
                               const NewSession& session, const api::User& user,
                               const auth::Signer& signer, Time now);

}  // namespace shop::users
