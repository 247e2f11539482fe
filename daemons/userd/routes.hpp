// The handlers of userd's endpoints: parse, call the rules, answer.
//
// Thread safety: bind before the service is shared.
#pragma once

#include <chrono>
#include <initializer_list>
#include <utility>

#include "auth/token.hpp"
#include "runtime/refusals.hpp"
#include "runtime/service.hpp"
#include "userd/outbox.hpp"
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
    runtime::Refusals& refusals;
    const Letters& letters;
    Outbox& outbox;
};

// What the client calls itself; empty where it says nothing.
inline std::string_view agent_of(const runtime::Call& call) {
    return call.request().headers.get("user-agent").value_or("");
}

// A handler of userd's, and the rows that a file of them binds.
using Route = Result<runtime::Reply> (*)(const Parts&, runtime::Call&);
using Routes = std::initializer_list<std::pair<const char*, Route>>;
inline void bind_routes(runtime::Service& service, const Parts& parts, Routes routes) {
    for (const auto& [id, route] : routes)
        service.bind(id, [&parts, run = route](runtime::Call& call) { return run(parts, call); });
}

void bind_user_routes(runtime::Service& service, const Parts& parts);
void bind_session_routes(runtime::Service& service, const Parts& parts);
void bind_role_routes(runtime::Service& service, const Parts& parts);
void bind_api_key_routes(runtime::Service& service, const Parts& parts);
void bind_recovery_routes(runtime::Service& service, const Parts& parts);
void bind_second_factor_routes(runtime::Service& service, const Parts& parts);
void bind_signing_key_routes(runtime::Service& service, const Parts& parts);
void bind_course_routes(runtime::Service& service, const Parts& parts);

}  // namespace shop::users
