
#include "all.hpp"
#include "change_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

struct UserChange {
    std::string user;
    ChangeOptions fields;
    bool activate = false, deactivate = false, password = false;
};

Result<int> update(Shell& shell, const UserChange& change) {
    Json body = change.fields.body();
    if (change.activate || change.deactivate) body["active"] = change.activate;
    if (change.password || body.contains("email")) {
        SHOP_TRY(me, shell.call(api::users_service(), "user_get", {"me"}));
        SHOP_TRY(target, shell.call(api::users_service(), "user_get", {change.user}));
        if (me["id"] == target["id"]) {
            SHOP_TRY(current, shell.ask_password("Current password: "));
            body["current_password"] = current;
        }
    }
    if (change.password) {
        SHOP_TRY(fresh, shell.ask_password("New password: "));
        body["password"] = fresh;
    }
    if (body.empty())
        return fail(Code::invalid_argument, "Nothing to change. See: shopctl user update --help");
    SHOP_TRY(user,
             shell.patch(api::users_service(), "user_get", "user_update", {change.user}, body));
    return shell.print(user, user_view());
}

}  // namespace

Command user_update() {
    return {
        "user update", "Change an account", [](Args& args) -> Run {
            auto change = std::make_shared<UserChange>();
            args.text("user", change->user, "Id, number, username or me").required();
            change->fields.text(args, "--username", "username", "Name to sign in with");
            change->fields.text(args, "--email", "email", "Address for mail");
            change->fields.text(args, "--first-name", "first_name", "Given name");
            change->fields.text(args, "--last-name", "last_name", "Family name");
            change->fields.text(args, "--role", "role", "A role; see: shopctl role list");
            const Arg on = args.flag("--activate", change->activate, "Let it sign in again");
            args.flag("--deactivate", change->deactivate, "Keep it from signing in").excludes(on);
            args.flag("--password", change->password,
                      "Set a new password: asked for, or lines of standard input");
            return [change](Shell& shell) { return update(shell, *change); };
        }};
}

}  // namespace shop::cli
