// Signing in with a password and, where the account has one, the code of a second factor: for /v1
// and for the course's API.
//
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string>

#include "auth/password.hpp"
#include "base/time.hpp"
#include "events/change.hpp"
#include "store/store.hpp"
#include "userd/backoff.hpp"
#include "userd/second_factor.hpp"
#include "userd/store.hpp"

namespace shop::users {

class SignIn {
public:
    // All of them outlive the SignIn.
    SignIn(const store::Store& store, const Tables& tables, const Clock& clock,
           auth::PasswordCost cost)
        : store_(store), tables_(tables), clock_(clock), cost_(cost) {}

    // Who has said the right password. The attempt is still under way: it ends with what comes of
    // the code.
    struct Proven {
        api::User user;
        std::string fresh_hash;  // of the password at today's cost; empty: the stored one has it
        SignInBackoff::Attempt attempt;
    };
    // unauthenticated, in the same words and after the same work, for a wrong password, an unknown
    // name and an account that may not sign in; resource_exhausted while the account or the address
    // is slowed down; unavailable while too many sign in.
    Result<Proven> prove(const std::string& login, const std::string& password,
                         const std::string& address);
    // The password alone, for somebody who is signed in.
    Result<api::User> check(const std::string& login, const std::string& password,
                            const std::string& address);
    // For whatever else can be guessed of an account.
    Result<SignInBackoff::Attempt> attempt(const std::string& account, const std::string& address);
    const auth::PasswordCost& cost() const { return cost_; }

private:
    // `hash` becomes the stored one.
    Result<Proven> verified(const std::string& login, const std::string& password,
                            const std::string& address, std::string& hash);

    const store::Store& store_;
    const Tables& tables_;
    const Clock& clock_;
    auth::PasswordCost cost_;
    SignInBackoff backoff_;
};

// The second half of a sign-in, in the transaction of its session: uses the code up, keeps the
// fresh hash. `check` tells what came of the code. unauthenticated at /code where it is missing or
// wrong.
Result<void> finish_sign_in(const Tables& tables, events::Change& change,
                            const SignIn::Proven& proven, const std::optional<std::string>& code,
                            CodeCheck& check);

}  // namespace shop::users
