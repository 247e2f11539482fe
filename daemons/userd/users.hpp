// Accounts: who may see and change them, and what must hold (unique names, at least one
// administrator).
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.hpp"
#include "userd/store.hpp"

namespace shop::users {

// The account behind an id, a number, a username or "me", as far as `who` may see it: oneself, or
// anybody with the scope. not_found otherwise, the same for what is not there and for what is
// somebody else's.
Result<api::User> find_visible(const Tables& tables, const store::Snapshot& snapshot,
                               std::string_view ref, const auth::Principal& who,
                               std::string_view scope);

// By username or e-mail address, in any case; nothing where there is none.
std::optional<api::User> find_by_login(const Tables& tables, const store::Snapshot& snapshot,
                                       std::string_view login);

// Stores a new account with its password's hash. already_exists at /username or /email;
// permission_denied where a role or state is asked for that only an administrator gives.
Result<api::User> create(const Tables& tables, events::Change& change, api::User input,
                         const std::string& password_hash);

// A merge patch on the account. `version` is what the caller has read; 0: any. `password_hash` is
// the new one where the patch has a password. A new password ends the account's other sign-ins, a
// new role or state everything that gives access to it.
struct UserUpdate {
    std::string ref;
    std::int64_t version = 0;
    std::string patch;
    std::string password_hash;  // empty: as it is
};
Result<api::User> update(const Tables& tables, events::Change& change, const UserUpdate& update);

// Deletes the account, its password and its sessions. conflict for the last administrator.
Result<void> remove(const Tables& tables, events::Change& change, std::string_view ref);

std::string password_hash_of(const Tables& tables, const store::Snapshot& snapshot,
                             std::string_view user_id);
bool has_admin(const Tables& tables, const store::Snapshot& snapshot);

// One page of documents as stored, in the order of their numbers.
struct Page {
    std::vector<std::string> items;
    std::string next_cursor;  // empty on the last one
};
Result<Page> list(const Tables& tables, const store::Snapshot& snapshot,
                  const api::UserQuery& query);

}  // namespace shop::users
