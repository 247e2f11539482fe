// userd's data: its tables and collections, declared once.
//
// Password hashes stand apart from the users' documents, so that a document can be handed out as it
// is stored.
//
// Thread safety: immutable after construction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/roles.hpp"
#include "api/users.hpp"
#include "events/change.hpp"
#include "store/collection.hpp"
#include "userd/mail_records.hpp"

namespace shop::users {

// What gives access to an account. `kind` is "token" (a sign-in: access and refresh tokens),
// "course" (a login of the course's API, which is a key) or "key" (an API key, which works for the
// course's API too). Secrets are kept as SHA-256 in hex: they are random, so a slow hash would add
// nothing.
struct SessionRecord {
    std::string id;  // "ses_…"; of an API key "apk_…"
    std::string user_id;
    std::string kind;
    std::string secret_hash;  // of the refresh token, or of the key
    // Of the refresh token before: its use tells that it was stolen. Of the key before, which works
    // until previous_expires_at.
    std::string previous_hash = {};
    Time created_at{};
    Time expires_at{};
    std::optional<std::string> name = {};
    std::optional<std::string> prefix = {};               // how a key begins, to be shown
    std::optional<std::vector<std::string>> scopes = {};  // nothing: all of the account's role
    std::optional<Time> last_used_at = {};                // to the minute
    std::optional<std::string> address = {};              // from where it was made
    std::optional<std::string> user_agent = {};           // at most kUserAgentBytesMax
    std::optional<Time> previous_expires_at = {};
};

// The second factor of an account; see second_factor.hpp.
struct SecondFactorRecord {
    std::string user_id;
    std::string secret;  // base32
    bool confirmed = false;
    std::int64_t last_step = 0;  // of the code that was used last
    std::vector<std::string> recovery_hashes = {};
    Time created_at{};
};

struct Tables {
    Tables();
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    store::Layout layout;
    // Without passwords. Unique: username, email (in lower case), number; also by role.
    store::Collection<api::User> users;
    store::Table credentials;  // user id -> encoded argon2id hash
    // Unique: secret; also by previous secret, user and expiry.
    store::Collection<SessionRecord> sessions;
    store::Collection<api::Role> roles;                    // the shop's own, by name
    store::Collection<SecondFactorRecord> second_factors;  // by user id
    store::Collection<MailRecord> mails;
    store::Collection<MailToken> mail_tokens;
    store::Table counters;
    events::Journal journal;
    // The setting second_factor_staff: what a session may do depends on it. Set before the tables
    // are shared.
    bool staff_needs_second_factor = false;
};

}  // namespace shop::users

namespace shop::schema {
template <>
const StructType& type_of<users::SessionRecord>();
template <>
const StructType& type_of<users::SecondFactorRecord>();
}  // namespace shop::schema
