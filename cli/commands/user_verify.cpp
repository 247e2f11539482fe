
#include "all.hpp"
#include "shell.hpp"
#include "token_option.hpp"

namespace shop::cli {
namespace {

Result<int> ask_for_verification(Shell& shell) {
    SHOP_CHECK(shell.call(api::users_service(), "email_verification_create"));
    shell.say("A mail is on its way. Then: shopctl user verify --token-file -");
    return kExitDone;
}

Result<int> verify_address(Shell& shell, const std::string& file) {
    SHOP_TRY(token, read_mail_token(shell, file));
    SHOP_CHECK(shell.call(api::users_service(), "email_verification_complete", {},
                          {.body = Json{{"token", token}}}));
    shell.say("The address is confirmed.");
    return kExitDone;
}

}  // namespace

Command user_verify() {
    return {"user verify", "Confirm one's e-mail address", [](Args& args) -> Run {
                auto file = std::make_shared<std::string>();
                const Arg token = add_token_option(args, *file);
                return [file, token](Shell& shell) {
                    return token.given() ? verify_address(shell, *file)
                                         : ask_for_verification(shell);
                };
            }};
}

}  // namespace shop::cli
