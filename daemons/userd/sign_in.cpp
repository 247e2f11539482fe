#include "userd/sign_in.hpp"

#include "base/text.hpp"
#include "userd/users.hpp"

namespace shop::users {

Result<api::User> SignIn::check(const std::string& login, const std::string& password) {
    const std::string name = to_lower(login);
    std::optional<api::User> user;
    std::string hash;
    SHOP_CHECK(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        user = find_by_login(tables_, snapshot, name);
        if (user) hash = password_hash_of(tables_, snapshot, user->id);
        return {};
    }));
    // By account, so that its username and its e-mail address do not count apart.
    const std::string counted = user ? user->id : name;
    SHOP_CHECK(backoff_.check(counted, clock_.now()));
    SHOP_TRY(right, auth::verify_password(password, hash, cost_));
    if (!right || !user || !user->active) {
        backoff_.failed(counted, clock_.now());
        return fail(Code::unauthenticated, "Username or password is wrong.");
    }
    backoff_.succeeded(counted);
    return *user;
}

}  // namespace shop::users
