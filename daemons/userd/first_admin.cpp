#include "userd/first_admin.hpp"

#include "base/secret_file.hpp"
#include "schema/codec.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

struct Account {
    std::string username;
    std::string password;
};

Result<Account> read_account(const std::string& path) {
    SHOP_TRY(line, read_secret_file(path));
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == line.size())
        return fail(Code::invalid_argument, path + " must read username:password.");
    return Account{line.substr(0, colon), line.substr(colon + 1)};
}

Result<void> make_admin(store::Store& store, const Tables& tables, const std::string& path,
                        const auth::PasswordCost& cost, Time now) {
    SHOP_TRY(account, read_account(path));
    SHOP_CHECK(auth::check_new_password(account.password, account.username));
    SHOP_TRY(hash, auth::hash_password(account.password, cost));
    // The same checks as for input from outside.
    SHOP_TRY(user,
             schema::decode<api::User>(Json{{"username", account.username},
                                            {"email", account.username + "@localhost.localdomain"},
                                            {"role", "admin"}}));
    events::Origin origin;
    origin.principal.user_id = "userd";
    origin.principal.role = "admin";
    origin.action = "first_admin";
    origin.now = now;
    return store.write([&](store::Transaction& tx) -> Result<void> {
        events::Change change(tx, tables.journal, origin);
        SHOP_CHECK(create(tables, change, user, hash));
        return {};
    });
}

}  // namespace

Result<void> ensure_first_admin(store::Store& store, const Tables& tables, const std::string& path,
                                const auth::PasswordCost& cost, const Clock& clock) {
    bool there = path.empty();
    SHOP_CHECK(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        there = there || has_admin(tables, snapshot);
        return {};
    }));
    if (there) return {};
    auto made = make_admin(store, tables, path, cost, clock.now());
    if (made) return {};
    made.error().message = "first_admin_file: " + made.error().message;
    return made;
}

}  // namespace shop::users
