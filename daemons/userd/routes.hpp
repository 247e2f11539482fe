// The handlers of userd's endpoints: parse, call the rules, answer.
//
// Thread safety: bind before the service is shared.
#pragma once

#include <chrono>

#include "auth/token.hpp"
#include "runtime/service.hpp"
#include "userd/sign_in.hpp"
#include "userd/store.hpp"

namespace shop::users {

// What handlers need; all of it outlives the service.
struct Parts {
    const Tables& tables;
    SignIn& sign_in;
    auth::Signer& signer;
    auth::Verifier& verifier;
    std::chrono::hours session_life;
};

void bind_user_routes(runtime::Service& service, const Parts& parts);
void bind_session_routes(runtime::Service& service, const Parts& parts);
void bind_course_routes(runtime::Service& service, const Parts& parts);

}  // namespace shop::users
