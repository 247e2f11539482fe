#include "base/text.hpp"
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

Reply reply_with(const api::User& user) { return Reply::json(user).etag(user.version); }

Result<Reply> user_create(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::User>());
    if (!input.password) return fail_field("/password", "is required");
    SHOP_CHECK(auth::check_new_password(*input.password, input.username, input.email));
    // Hashing takes long: it stands before the transaction, and after the answer of a repeated
    // call.
    SHOP_TRY(kept, call.kept_answer());
    if (kept) return std::move(*kept);
    SHOP_TRY(hash, auth::hash_password(*input.password, parts.sign_in.cost()));
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(user, create(parts.tables, change, input, hash));
        mail_about_new(parts.tables, change, parts.letters, user);
        return reply_with(user).location("/v1/users/" + user.id);
    });
    parts.outbox.wake();
    return reply;
}

Result<Reply> user_list(const Parts& parts, Call& call) {
    SHOP_TRY(query, call.query<api::UserQuery>());
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(page, list(parts.tables, snapshot, query));
        return runtime::page_reply(call, page.items, page.next_cursor);
    });
}

Result<Reply> user_get(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(user, find_visible(parts.tables, snapshot, call.param("user"), call.principal(),
                                    scope::kUsersRead));
        return reply_with(user);
    });
}

// The hash of the password in the patch; empty where it has none. For oneself the current one is
// needed, also for a new address, which could be sent a new password: a stolen session must not
// lock its owner out. Guessing it is slowed down as a sign-in.
Result<std::string> new_password_hash(const Parts& parts, Call& call) {
    api::User before;
    SHOP_CHECK(call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(user, find_visible(parts.tables, snapshot, call.param("user"), call.principal(),
                                    scope::kUsersWrite));
        before = std::move(user);
        return Reply::empty();
    }));
    SHOP_TRY(after, schema::merge_patch(before, call.request().body));
    const bool new_address = to_lower(after.email) != to_lower(before.email);
    if (!after.password && !new_address) return std::string();
    if (after.password)
        SHOP_CHECK(auth::check_new_password(*after.password, after.username, after.email));
    if (before.id == call.principal().user_id) {
        const auto right =
            audited(parts, call, before.username,
                    parts.sign_in.check(before.username, after.current_password.value_or(""),
                                        call.origin().address));
        if (!right && right.error().code == Code::unauthenticated)
            return fail_field("/current_password", "must be your password so far");
        if (!right) return tl::make_unexpected(right.error());
    }
    if (!after.password) return std::string();
    return auth::hash_password(*after.password, parts.sign_in.cost());
}

Result<Reply> user_update(const Parts& parts, Call& call) {
    SHOP_TRY(version, call.if_match());
    SHOP_TRY(hash, new_password_hash(parts, call));
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(before, find_visible(parts.tables, change.tx(), call.param("user"),
                                      call.principal(), scope::kUsersWrite));
        SHOP_TRY(user, update(parts.tables, change,
                              {call.param("user"), version, call.request().body, hash}));
        mail_about_update(parts.tables, change, parts.letters, before, user, !hash.empty());
        return reply_with(user);
    });
    parts.outbox.wake();
    return reply;
}

Result<Reply> user_delete(const Parts& parts, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(remove(parts.tables, change, call.param("user")));
        return Reply::empty();
    });
}

}  // namespace

void bind_user_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"user_create", user_create},
                 {"user_list", user_list},
                 {"user_get", user_get},
                 {"user_update", user_update},
                 {"user_delete", user_delete}});
}

}  // namespace shop::users
