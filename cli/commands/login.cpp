
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command login() {
    return {"login", "Sign in to a shop", [](Args& args) -> Run {
                auto username = std::make_shared<std::string>();
                args.text("username", *username, "Username or e-mail address").required();
                return [username](Shell& shell) -> Result<int> {
                    SHOP_TRY(password, shell.ask_password("Password for " + *username + ": "));
                    SHOP_TRY(user, shell.sign_in(*username, password));
                    shell.say("Signed in as " + user.value("username", "") + " (" +
                              user.value("role", "") + ").");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
