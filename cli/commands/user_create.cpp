
#include "all.hpp"
#include "change_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command user_create() {
    return {"user create", "Register an account", [](Args& args) -> Run {
                auto fields = std::make_shared<ChangeOptions>();
                fields->text(args, "username", "username", "Name to sign in with; lower case")
                    .required();
                fields->text(args, "--email", "email", "Address for mail").required();
                fields->text(args, "--first-name", "first_name", "Given name");
                fields->text(args, "--last-name", "last_name", "Family name");
                fields->text(args, "--role", "role",
                             "A role, where you have its rights; see: shopctl role list");
                return [fields](Shell& shell) -> Result<int> {
                    Json body = fields->body();
                    SHOP_TRY(password, shell.ask_password("Password for the new account: "));
                    body["password"] = password;
                    SHOP_TRY(user,
                             shell.call(api::users_service(), "user_create", {}, {.body = body}));
                    return shell.print(user, user_view());
                };
            }};
}

}  // namespace shop::cli
