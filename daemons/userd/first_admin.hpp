// The first administrator of a shop, from a file that its installer wrote.
//
// Thread safety: at start, before the service is shared.
#pragma once

#include <string>

#include "auth/password.hpp"
#include "base/time.hpp"
#include "store/store.hpp"
#include "userd/store.hpp"

namespace shop::users {

// Makes the account of the file ("username:password", readable by its owner alone) where there is
// no administrator; nothing where there is one, or `path` is empty.
Result<void> ensure_first_admin(store::Store& store, const Tables& tables, const std::string& path,
                                const auth::PasswordCost& cost, const Clock& clock);

}  // namespace shop::users
