
#include "all.hpp"
#include "shell.hpp"
#include "token_option.hpp"

namespace shop::cli {

Command password_set() {
    return {
        "password set", "Set a new password with the token of a mail", [](Args& args) -> Run {
            auto file = std::make_shared<std::string>("-");
            add_token_option(args, *file);
            return [file](Shell& shell) -> Result<int> {
                SHOP_TRY(token, read_mail_token(shell, *file));
                SHOP_TRY(password, shell.ask_password("New password: "));
                SHOP_CHECK(shell.call(api::users_service(), "password_reset_complete", {},
                                      {.body = Json{{"token", token}, {"password", password}}}));
                shell.say("The password is set, and all sign-ins have ended.");
                return kExitDone;
            };
        }};
}

}  // namespace shop::cli
