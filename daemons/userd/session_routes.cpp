#include "userd/routes.hpp"
#include "userd/sessions.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

Result<Reply> session_create(const Parts& parts, Call& call) {
    SHOP_TRY(credentials, call.body<api::Credentials>());
    SHOP_TRY(user, parts.sign_in.check(credentials.username, credentials.password));
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(session, begin_session(parts.tables, change, user, "token", parts.session_life));
        SHOP_TRY(tokens, tokens_of(session, user, parts.signer, call.now()));
        return Reply::json(tokens);
    });
}

Result<Reply> session_refresh(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::RefreshRequest>());
    bool reused = false;
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(next, refresh_session(parts.tables, change, input.refresh_token));
        reused = next.reused;
        if (reused) {
            end_session(parts.tables, change, next.session.record.id);
            return Reply::empty();
        }
        SHOP_TRY(tokens, tokens_of(next.session, next.user, parts.signer, call.now()));
        return Reply::json(tokens);
    });
    // The end of a stolen session must be stored, so the refusal comes after the commit.
    if (reply && reused)
        return fail(Code::unauthenticated,
                    "This refresh token was used before, so the session was ended. Sign in again.");
    return reply;
}

Result<Reply> session_delete(const Parts& parts, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        end_session(parts.tables, change, call.principal().session_id);
        return Reply::empty();
    });
}

api::Introspection shown(const auth::Principal& principal) {
    return {true,           principal.user_id,    principal.number,    principal.username,
            principal.role, principal.session_id, principal.expires_at};
}

Result<Reply> session_introspect(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::IntrospectRequest>());
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        auto principal = parts.verifier.verify(input.token);
        if (principal) {
            if (!check_standing(parts.tables, snapshot, *principal, call.now()))
                return Reply::json(api::Introspection{});
        } else {
            principal = principal_of_key(parts.tables, snapshot, input.token, call.now());
        }
        return Reply::json(principal ? shown(*principal) : api::Introspection{});
    });
}

}  // namespace

void bind_session_routes(runtime::Service& service, const Parts& parts) {
    using Route = Result<Reply> (*)(const Parts&, Call&);
    const std::pair<const char*, Route> routes[] = {{"session_create", session_create},
                                                    {"session_refresh", session_refresh},
                                                    {"session_delete", session_delete},
                                                    {"session_introspect", session_introspect}};
    for (const auto& [id, route] : routes)
        service.bind(id, [&parts, run = route](Call& call) { return run(parts, call); });
}

}  // namespace shop::users
