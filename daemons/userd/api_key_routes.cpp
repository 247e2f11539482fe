#include "userd/api_keys.hpp"
#include "userd/recovery.hpp"
#include "userd/routes.hpp"
#include "userd/sign_in_audit.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;
namespace scope = auth::scope;

Reply reply_with_key(const NewSession& key) {
    return Reply::json(shown_key(key.record, key.secret));
}

Result<Reply> api_key_create(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::ApiKeyInput>());
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(key, create_key(parts.tables, change, input));
        if (const auto user = parts.tables.users.get(change.tx(), key.record.user_id))
            mail_about_access(parts.tables, change, parts.letters, *user,
                              "An API key was made for it: " + input.name + ".");
        return reply_with_key(key).location("/v1/api-keys/" + key.record.id);
    });
    if (reply) parts.outbox.wake();
    return reply;
}

Result<Reply> api_key_list(const Parts& parts, Call& call) {
    SHOP_TRY(query, call.query<api::SessionQuery>());
    SHOP_CHECK(check_manages(call.principal()));
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        std::string user_id = call.principal().user_id;
        if (query.user) {
            SHOP_TRY(user, find_visible(parts.tables, snapshot, *query.user, call.principal(),
                                        scope::kUsersRead));
            user_id = user.id;
        }
        SHOP_TRY(page,
                 list_sessions(parts.tables, snapshot, user_id, query, Listed::keys, call.now()));
        std::vector<std::string> items;
        for (const auto& key : page.items) items.push_back(schema::encode_text(shown_key(key)));
        return runtime::page_reply(call, items, page.next_cursor);
    });
}

Result<Reply> api_key_get(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(key, find_listed_key(parts.tables, snapshot, call.param("key"), call.principal(),
                                      scope::kUsersRead, call.now()));
        return Reply::json(shown_key(key));
    });
}

Result<Reply> api_key_delete(const Parts& parts, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(delete_key(parts.tables, change, call.param("key")));
        return Reply::empty();
    });
}

Result<Reply> api_key_rotate(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::RotateInput>());
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(key, rotate_key(parts.tables, change, call.param("key"), input));
        return reply_with_key(key);
    });
}

// A write a minute for each key: the others read alone.
Result<Reply> token_create(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::TokenRequest>());
    KeyToken made;
    auto reply = call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(found,
                 token_of_key(parts.tables, snapshot, input.api_key, parts.signer, call.now()));
        made = std::move(found);
        return Reply::json(made.token);
    });
    if (!reply) {
        if (reply.error().code == Code::unauthenticated)
            note_refused_key(parts, call.store(), call.origin(), input.api_key);
        return reply;
    }
    if (!use_is_due(made.key.session, call.now())) return reply;
    return call.commit([&](Change& change) -> Result<Reply> {
        record_exchange(parts.tables, change, made.key);
        return reply;
    });
}

}  // namespace

void bind_api_key_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"api_key_create", api_key_create},
                 {"api_key_list", api_key_list},
                 {"api_key_get", api_key_get},
                 {"api_key_delete", api_key_delete},
                 {"api_key_rotate", api_key_rotate},
                 {"token_create", token_create}});
}

}  // namespace shop::users
