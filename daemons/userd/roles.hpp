// Roles: the built-in ones (auth/principal.hpp) and the shop's own, which userd keeps.
//
// Nobody gives more than they have: whoever makes a role, gives one to an account or changes an
// account needs all of that role's rights, but for those that every customer has.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/roles.hpp"
#include "auth/principal.hpp"
#include "userd/store.hpp"

namespace shop::users {

inline constexpr std::size_t kOwnRolesMax = 100;

// Nothing for a built-in role, whose rights every service knows; else to be signed in, as everybody
// may, and the role's own, of which there are none where there is no such role.
std::optional<std::vector<std::string>> scopes_of_role(const Tables& tables,
                                                       const store::Snapshot& snapshot,
                                                       std::string_view role);
// Whether `who` has all that an account of this role may, or that every customer may.
bool may_all_of_role(const Tables& tables, const store::Snapshot& snapshot,
                     const auth::Principal& who, std::string_view role);
// invalid_argument at /role where there is none of this name, permission_denied where it may more
// than `who`.
Result<void> check_can_give(const Tables& tables, const store::Snapshot& snapshot,
                            const auth::Principal& who, std::string_view role);

// not_found where there is none.
Result<api::Role> find_role(const Tables& tables, const store::Snapshot& snapshot,
                            std::string_view name);
api::RoleList list_roles(const Tables& tables, const store::Snapshot& snapshot);

// Makes or replaces the shop's own role. conflict for a built-in one and beyond kOwnRolesMax;
// invalid_argument at /scopes for what is no right of a person; permission_denied for what the
// caller has not. Sessions and keys of accounts that have it end, so that its rights count at once.
Result<api::Role> put_role(const Tables& tables, events::Change& change, const std::string& name,
                           const api::RoleInput& input);
// conflict for a built-in one, and while accounts have it.
Result<void> delete_role(const Tables& tables, events::Change& change, const std::string& name);

}  // namespace shop::users
