// userd's data: its tables and collections, declared once.
//
// Password hashes stand apart from the users' documents, so that a document can be handed out as it
// is stored.
//
// Thread safety: immutable after construction.
#pragma once

#include <string>

#include "api/users.hpp"
#include "events/change.hpp"
#include "store/collection.hpp"

namespace shop::users {

// A sign-in. `kind` is "token" (access and refresh tokens) or "course" (a key of the course's API).
// Secrets are kept as SHA-256 in hex: they are random, so a slow hash would add nothing.
struct SessionRecord {
    std::string id;
    std::string user_id;
    std::string kind;
    std::string secret_hash;    // of the refresh token, or of the key
    std::string previous_hash;  // of the refresh token before; its use tells that it was stolen
    Time created_at{};
    Time expires_at{};
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
    store::Table counters;
    events::Journal journal;
};

}  // namespace shop::users

namespace shop::schema {
template <>
const StructType& type_of<users::SessionRecord>();
}
