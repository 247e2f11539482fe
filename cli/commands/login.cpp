#include "all.hpp"
#include "second_factor_parts.hpp"

namespace shop::cli {
namespace {

bool wants_code(const Error& error) {
    return std::ranges::any_of(error.fields,
                               [](const FieldError& field) { return field.pointer == "/code"; });
}

// With the code where one was given; else it is asked for where the account has a second factor.
Result<Json> sign_in_with_code(Shell& shell, const std::string& username, const CodeOption& code) {
    SHOP_TRY(password, shell.ask_password("Password for " + username + ": "));
    std::string given;
    if (!code.file.empty()) {
        SHOP_TRY(text, code.read(shell));
        given = text;
    }
    auto user = shell.sign_in(username, password, given);
    if (user || !given.empty() || !wants_code(user.error())) return user;
    SHOP_TRY(typed, code.read(shell));
    return shell.sign_in(username, password, typed);
}

}  // namespace

Command login() {
    return {
        "login", "Sign in to a shop", [](Args& args) -> Run {
            auto username = std::make_shared<std::string>();
            auto code = std::make_shared<CodeOption>();
            args.text("username", *username, "Username or e-mail address").required();
            code->add(args);
            return [username, code](Shell& shell) -> Result<int> {
                SHOP_TRY(user, sign_in_with_code(shell, *username, *code));
                shell.say("Signed in as " + user.value("username", "") + " (" +
                          user.value("role", "") + ").");
                const auto factor = shell.call(api::users_service(), "second_factor_get");
                if (factor && factor->value("required", false) && !factor->value("enabled", false))
                    shell.say(
                        "The shop wants a second factor of this account, which has no "
                        "rights until then. Set it up with: shopctl second-factor "
                        "enable");
                return kExitDone;
            };
        }};
}

}  // namespace shop::cli
