#include "userd/recovery.hpp"
#include "userd/routes.hpp"
#include "userd/second_factor.hpp"
#include "userd/sign_in_audit.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

// The account that calls. not_found for a service, which has none.
Result<api::User> caller_of(const Parts& parts, const Snapshot& snapshot, const Call& call) {
    return find_visible(parts.tables, snapshot, "me", call.principal(), "");
}

// Runs `work` for the calling account and its code, as one attempt of the back-off. `work` sets
// `wrong` where the code was.
using CodeWork =
    std::function<Result<Reply>(Change&, const api::User&, const std::string& code, bool& wrong)>;
Result<Reply> with_code(const Parts& parts, Call& call, const CodeWork& work) {
    SHOP_TRY(input, call.body<api::SecondFactorCode>());
    SHOP_TRY(attempt, parts.sign_in.attempt(call.principal().user_id, call.origin().address));
    bool wrong = false;
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        wrong = false;
        SHOP_TRY(user, caller_of(parts, change.tx(), call));
        return work(change, user, input.code, wrong);
    });
    if (reply) attempt.succeeded();
    if (reply) parts.outbox.wake();
    if (!reply && wrong) {
        attempt.failed(call.now());
        note_refused_sign_in(parts, call, call.principal().username,
                             {Code::unauthenticated, "The code is wrong."});
    }
    return reply;
}

// The same for an account that has a second factor, once its code was right.
using FactorWork = std::function<Result<Reply>(Change&, const api::User&)>;
Result<Reply> with_right_code(const Parts& parts, Call& call, const FactorWork& work) {
    return with_code(parts, call,
                     [&](Change& change, const api::User& user, const std::string& code,
                         bool& wrong) -> Result<Reply> {
                         const CodeCheck check = use_code(parts.tables, change, user, code);
                         wrong = check == CodeCheck::wrong;
                         if (wrong)
                             return fail_field(
                                 "/code",
                                 "is wrong or was used before: wait for the app's next "
                                 "one, or take a recovery code");
                         if (check != CodeCheck::right)
                             return fail(Code::conflict, "The second factor is not on.");
                         return work(change, user);
                     });
}

Result<Reply> second_factor_get(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        return Reply::json(second_factor_of(parts.tables, snapshot, call.principal().user_id));
    });
}

// Who has found a session open must not set up an app of their own: the password is asked for.
Result<Reply> second_factor_start(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::SecondFactorStart>());
    const auto user = audited(
        parts, call, call.principal().username,
        parts.sign_in.check(call.principal().username, input.password, call.origin().address));
    if (!user && user.error().code == Code::unauthenticated)
        return fail_field("/password", "is not the account's");
    if (!user) return tl::make_unexpected(user.error());
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(secret, start_second_factor(parts.tables, change, *user));
        return Reply::json(secret);
    });
}

Result<Reply> second_factor_confirm(const Parts& parts, Call& call) {
    return with_code(parts, call,
                     [&](Change& change, const api::User& user, const std::string& code,
                         bool& wrong) -> Result<Reply> {
                         SHOP_TRY(codes,
                                  confirm_second_factor(parts.tables, change, user, code, wrong));
                         mail_about_access(parts.tables, change, parts.letters, user,
                                           "A second factor is needed from now on.");
                         return Reply::json(codes);
                     });
}

Result<Reply> second_factor_recovery_codes(const Parts& parts, Call& call) {
    return with_right_code(parts, call,
                           [&](Change& change, const api::User& user) -> Result<Reply> {
                               SHOP_TRY(codes, renew_recovery_codes(parts.tables, change, user));
                               mail_about_access(parts.tables, change, parts.letters, user,
                                                 "New recovery codes replace those so far.");
                               return Reply::json(codes);
                           });
}

Result<Reply> second_factor_disable(const Parts& parts, Call& call) {
    return with_right_code(parts, call,
                           [&](Change& change, const api::User& user) -> Result<Reply> {
                               disable_second_factor(parts.tables, change, user);
                               mail_about_access(parts.tables, change, parts.letters, user,
                                                 "The second factor is no longer needed.");
                               return Reply::empty();
                           });
}

Result<Reply> second_factor_reset(const Parts& parts, Call& call) {
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(user, find_visible(parts.tables, change.tx(), call.param("user"), call.principal(),
                                    auth::scope::kUsersWrite));
        const bool was_on = has_second_factor(parts.tables, change.tx(), user.id);
        SHOP_CHECK(reset_second_factor(parts.tables, change, user));
        if (was_on)
            mail_about_access(parts.tables, change, parts.letters, user,
                              "An administrator has taken the second factor off.");
        return Reply::empty();
    });
    if (reply) parts.outbox.wake();
    return reply;
}

}  // namespace

void bind_second_factor_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"second_factor_get", second_factor_get},
                 {"second_factor_start", second_factor_start},
                 {"second_factor_confirm", second_factor_confirm},
                 {"second_factor_recovery_codes", second_factor_recovery_codes},
                 {"second_factor_disable", second_factor_disable},
                 {"second_factor_reset", second_factor_reset}});
}

}  // namespace shop::users
