#include <iostream>

#include "all.hpp"
#include "output/qr.hpp"
#include "second_factor_parts.hpp"

namespace shop::cli {
namespace {

Result<int> enable_second_factor(Shell& shell) {
    SHOP_TRY(password, shell.ask_password("Your password: "));
    SHOP_TRY(made, shell.call(api::users_service(), "second_factor_start", {},
                              {.body = Json{{"password", password}}}));
    if (!stdin_is_terminal()) {
        shell.say("Not in force yet. Confirm a code with: shopctl second-factor confirm");
        return shell.print(made, second_factor_secret_view());
    }
    SHOP_TRY(picture, qr_code(made.value("uri", ""), drawing_on_stderr()));
    std::cerr << picture << "Scan this with an authenticator app, or type its secret in:\n\n    "
              << made.value("secret", "") << "\n\n"
              << std::flush;
    SHOP_TRY(code, CodeOption().read(shell));
    return confirm_with(shell, code);
}

}  // namespace

Command second_factor_enable() {
    return {"second-factor enable", "Sign in with a code of an app besides the password",
            [](Args&) -> Run { return enable_second_factor; }};
}

}  // namespace shop::cli
