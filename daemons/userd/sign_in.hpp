// Signing in with a password, for /v1 and for the course's API.
//
// Thread safety: any thread.
#pragma once

#include <string>

#include "auth/password.hpp"
#include "base/time.hpp"
#include "store/store.hpp"
#include "userd/backoff.hpp"
#include "userd/store.hpp"

namespace shop::users {

class SignIn {
public:
    // All of them outlive the SignIn.
    SignIn(const store::Store& store, const Tables& tables, const Clock& clock,
           auth::PasswordCost cost)
        : store_(store), tables_(tables), clock_(clock), cost_(cost) {}

    // The account. unauthenticated, in the same words and after the same work, for a wrong
    // password, an unknown name and an account that may not sign in; resource_exhausted while it is
    // slowed down.
    Result<api::User> check(const std::string& login, const std::string& password);
    const auth::PasswordCost& cost() const { return cost_; }

private:
    const store::Store& store_;
    const Tables& tables_;
    const Clock& clock_;
    auth::PasswordCost cost_;
    SignInBackoff backoff_;
};

}  // namespace shop::users
