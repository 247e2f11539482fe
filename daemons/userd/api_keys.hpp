// API keys: keys of an account for programs, which get short access tokens with them. A key may
// what its scopes say, as far as its account may, and no key makes another one.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <string>
#include <string_view>

#include "api/api_keys.hpp"
#include "auth/principal.hpp"
#include "auth/token.hpp"
#include "userd/sessions.hpp"
#include "userd/store.hpp"

namespace shop::users {

inline constexpr std::size_t kKeysOfAccountMax = 50;  // API keys; more are forgotten ones

// Whether `who` came by an API key: such a caller manages itself and nothing else.
bool came_by_key(const auth::Principal& who);
// permission_denied where `who` came by an API key, but for what is about that key itself.
Result<void> check_manages(const auth::Principal& who, std::string_view session_id = "");

// Makes a key of the caller's account; its secret is only here. invalid_argument at /scopes/… for
// what is no right of a person, and at /days or /expires_at; permission_denied for what the caller
// may not itself, and for a caller that came by a key; conflict beyond kKeysOfAccountMax.
Result<NewSession> create_key(const Tables& tables, events::Change& change,
                              const api::ApiKeyInput& input);
// A new secret for one's own API key; the one before goes on for so long (once: the one before that
// ends). not_found for everything else.
Result<NewSession> rotate_key(const Tables& tables, events::Change& change, std::string_view key_id,
                              const api::RotateInput& input);
// Ends a key of the caller's account, or of anybody's with users:write.
Result<void> delete_key(const Tables& tables, events::Change& change, std::string_view key_id);
// One that may be seen: as find_session, and not_found for what is no key.
Result<SessionRecord> find_listed_key(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view key_id, const auth::Principal& who,
                                      std::string_view scope, Time now);

// An access token for an API key; it lives no longer than the presented secret. unauthenticated
// where that is none, or over.
struct KeyToken {
    api::AccessToken token;
    PresentedKey key;
};
Result<KeyToken> token_of_key(const Tables& tables, const store::Snapshot& snapshot,
                              std::string_view secret, const auth::Signer& signer, Time now);
// Writes that a key was exchanged, as record_use, and says so.
void record_exchange(const Tables& tables, events::Change& change, const PresentedKey& key);

// As the client sees it; `secret` where it is shown.
api::ApiKey shown_key(const SessionRecord& session, std::string_view secret = "");

}  // namespace shop::users
