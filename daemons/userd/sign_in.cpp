#include "userd/sign_in.hpp"

#include "base/text.hpp"
#include "userd/users.hpp"

namespace shop::users {

Result<SignIn::Proven> SignIn::verified(const std::string& login, const std::string& password,
                                        const std::string& address, std::string& hash) {
    const std::string name = to_lower(login);
    std::optional<api::User> user;
    SHOP_CHECK(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        user = find_by_login(tables_, snapshot, name);
        if (user) hash = password_hash_of(tables_, snapshot, user->id);
        return {};
    }));
    // By account, so that its username and its e-mail address do not count apart.
    SHOP_TRY(begun, attempt(user ? user->id : name, address));
    SHOP_TRY(right, auth::verify_password(password, hash, cost_));
    if (!right || !user || !user->active) {
        begun.failed(clock_.now());
        return fail(Code::unauthenticated, "Username or password is wrong.");
    }
    return Proven{*std::move(user), "", std::move(begun)};
}

Result<SignIn::Proven> SignIn::prove(const std::string& login, const std::string& password,
                                     const std::string& address) {
    std::string hash;
    SHOP_TRY(proven, verified(login, password, address, hash));
    if (auth::needs_rehash(hash, cost_)) {
        // Where too many sign in at this moment the next sign-in does it.
        auto fresh = auth::hash_password(password, cost_);
        if (fresh) proven.fresh_hash = *std::move(fresh);
    }
    return std::move(proven);
}

Result<api::User> SignIn::check(const std::string& login, const std::string& password,
                                const std::string& address) {
    std::string hash;
    SHOP_TRY(proven, verified(login, password, address, hash));
    proven.attempt.succeeded();
    return std::move(proven.user);
}

Result<SignInBackoff::Attempt> SignIn::attempt(const std::string& account,
                                               const std::string& address) {
    return backoff_.begin(account, address, clock_.now());
}

Result<void> finish_sign_in(const Tables& tables, events::Change& change,
                            const SignIn::Proven& proven, const std::optional<std::string>& code,
                            CodeCheck& check) {
    check = use_code(tables, change, proven.user, code);
    const auto refuse = [](std::string message, std::string at_code) {
        return Failure(
            Error{Code::unauthenticated, std::move(message), {{"/code", std::move(at_code)}}});
    };
    if (check == CodeCheck::missing)
        return refuse("This account signs in with a code as well.",
                      "is needed: the code of your authenticator app, or a recovery code");
    if (check == CodeCheck::wrong)
        return refuse("The code is wrong.",
                      "is wrong or was used before: wait for the app's next "
                      "one, or take a recovery code");
    // A password that was changed meanwhile has made another version of the account, which the
    // session refuses.
    if (!proven.fresh_hash.empty())
        change.tx().put(tables.credentials, proven.user.id, proven.fresh_hash);
    return {};
}

}  // namespace shop::users
