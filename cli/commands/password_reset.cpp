
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command password_reset() {
    return {"password reset", "Ask for a mail to set a new password", [](Args& args) -> Run {
                auto email = std::make_shared<std::string>();
                args.text("--email", *email, "Address of the account").required();
                return [email](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.call(api::users_service(), "password_reset_create", {},
                                          {.body = Json{{"email", *email}}}));
                    shell.say("If there is an account with this address, a mail is on its way.");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
