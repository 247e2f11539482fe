#include "userd/api_keys.hpp"
#include "userd/routes.hpp"
#include "userd/sessions.hpp"
#include "userd/sign_in_audit.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;
namespace scope = auth::scope;

Result<Reply> session_create(const Parts& parts, Call& call) {
    SHOP_TRY(credentials, call.body<api::Credentials>());
    SHOP_TRY(proven, audited(parts, call, credentials.username,
                             parts.sign_in.prove(credentials.username, credentials.password,
                                                 call.origin().address)));
    CodeCheck check{};
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(finish_sign_in(parts.tables, change, proven, credentials.code, check));
        SHOP_TRY(session, begin_session(parts.tables, change, proven.user, "token",
                                        parts.session_life, agent_of(call)));
        SHOP_TRY(tokens, tokens_of(parts.tables, change.tx(), session, proven.user, parts.signer,
                                   call.now()));
        return Reply::json(tokens);
    });
    if (reply) proven.attempt.succeeded();
    if (!reply && check == CodeCheck::wrong) proven.attempt.failed(call.now());
    return audited(parts, call, credentials.username, std::move(reply));
}

Result<Reply> session_refresh(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::RefreshRequest>());
    bool reused = false;
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(next, refresh_session(parts.tables, change, input.refresh_token));
        reused = next.reused;
        if (reused) {
            change.refuse(next.session.record.id, "a refresh token was used twice");
            end_session(parts.tables, change, next.session.record.id);
            return Reply::empty();
        }
        SHOP_TRY(tokens, tokens_of(parts.tables, change.tx(), next.session, next.user, parts.signer,
                                   call.now()));
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
    return {.active = true,
            .user_id = principal.user_id,
            .number = principal.number,
            .username = principal.username,
            .role = principal.role,
            .scopes = principal.scopes,
            .session_id = principal.session_id,
            .expires_at = principal.expires_at};
}

Result<Reply> session_introspect(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::IntrospectRequest>());
    auto principal = parts.verifier.verify(input.token);
    if (!principal) {
        principal = principal_of_key(parts.tables, call.store(), input.token, call.now());
        if (!principal) note_refused_key(parts, call.store(), call.origin(), input.token);
        return Reply::json(principal ? shown(*principal) : api::Introspection{});
    }
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        const bool stands =
            check_standing(parts.tables, snapshot, *principal, call.now()).has_value();
        return Reply::json(stands ? shown(*principal) : api::Introspection{});
    });
}

// The account that `user` of the query names; the caller's own where it names none.
Result<std::string> asked_account(const Parts& parts, const Call& call, const Snapshot& snapshot,
                                  const std::optional<std::string>& user, std::string_view scope) {
    if (!user) return call.principal().user_id;
    SHOP_TRY(found, find_visible(parts.tables, snapshot, *user, call.principal(), scope));
    return found.id;
}

api::SessionInfo info_of(const SessionRecord& session, const auth::Principal& who) {
    return {.id = session.id,
            .user_id = session.user_id,
            .kind = session.kind,
            .name = session.name,
            .prefix = session.prefix,
            .scopes = session.scopes,
            .created_at = session.created_at,
            .last_used_at = session.last_used_at,
            .expires_at = session.expires_at,
            .address = session.address,
            .user_agent = session.user_agent,
            .current = session.id == who.session_id};
}

Result<Reply> session_list(const Parts& parts, Call& call) {
    SHOP_TRY(query, call.query<api::SessionQuery>());
    SHOP_CHECK(check_manages(call.principal()));
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(user_id, asked_account(parts, call, snapshot, query.user, scope::kUsersRead));
        SHOP_TRY(page,
                 list_sessions(parts.tables, snapshot, user_id, query, Listed::all, call.now()));
        std::vector<std::string> items;
        for (const auto& session : page.items)
            items.push_back(schema::encode_text(info_of(session, call.principal())));
        return runtime::page_reply(call, items, page.next_cursor);
    });
}

Result<Reply> session_end(const Parts& parts, Call& call) {
    SHOP_CHECK(check_manages(call.principal(), call.param("session")));
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(session, find_session(parts.tables, change.tx(), call.param("session"),
                                       call.principal(), scope::kUsersWrite, call.now()));
        end_session(parts.tables, change, session.id);
        return Reply::empty();
    });
}

Result<Reply> session_end_all(const Parts& parts, Call& call) {
    SHOP_TRY(query, call.query<api::SessionEndQuery>());
    SHOP_CHECK(check_manages(call.principal()));
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(user_id, asked_account(parts, call, change.tx(), query.user, scope::kUsersWrite));
        end_sign_ins_of(parts.tables, change, user_id,
                        query.others ? call.principal().session_id : "");
        return Reply::empty();
    });
}

}  // namespace

void bind_session_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"session_create", session_create},
                 {"session_refresh", session_refresh},
                 {"session_delete", session_delete},
                 {"session_list", session_list},
                 {"session_end", session_end},
                 {"session_end_all", session_end_all},
                 {"session_introspect", session_introspect}});
}

}  // namespace shop::users
