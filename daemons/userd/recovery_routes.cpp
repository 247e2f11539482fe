#include "userd/recovery.hpp"

#include "api/recovery.hpp"
#include "userd/routes.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

// What it does, in one transaction; then its mails go.
Result<Reply> commit_and_mail(const Parts& parts, Call& call,
                              const std::function<Result<void>(Change&)>& work) {
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(work(change));
        return Reply::empty();
    });
    if (reply) parts.outbox.wake();
    return reply;
}

Result<Reply> password_reset_create(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::PasswordResetRequest>());
    return commit_and_mail(parts, call, [&](Change& change) {
        return request_reset(parts.tables, change, parts.letters, input.email);
    });
}

Result<Reply> password_reset_complete(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::PasswordReset>());
    api::User user;
    SHOP_CHECK(call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(owner, find_by_reset_token(parts.tables, snapshot, input.token, call.now()));
        user = std::move(owner);
        return Reply::empty();
    }));
    SHOP_CHECK(auth::check_new_password(input.password, user.username, user.email));
    SHOP_TRY(hash, auth::hash_password(input.password, parts.sign_in.cost()));
    // The token is looked at once more there: it works once.
    return commit_and_mail(parts, call, [&](Change& change) {
        return complete_reset(parts.tables, change, parts.letters, input.token, hash);
    });
}

Result<Reply> email_verification_create(const Parts& parts, Call& call) {
    return commit_and_mail(parts, call, [&](Change& change) -> Result<void> {
        SHOP_TRY(user, find_visible(parts.tables, change.tx(), "me", call.principal(),
                                    auth::scope::kUsersWrite));
        return request_verification(parts.tables, change, parts.letters, user);
    });
}

Result<Reply> email_verification_complete(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::EmailVerification>());
    return commit_and_mail(parts, call, [&](Change& change) {
        return complete_verification(parts.tables, change, input.token);
    });
}

}  // namespace

void bind_recovery_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"password_reset_create", password_reset_create},
                 {"password_reset_complete", password_reset_complete},
                 {"email_verification_create", email_verification_create},
                 {"email_verification_complete", email_verification_complete}});
}

}  // namespace shop::users
