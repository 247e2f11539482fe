// What the commands about second factors share: where a code comes from, how recovery codes are
// shown.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "args.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

struct CodeOption {
    std::string file;

    void add(Args& args) {
        args.text("--code-file", file, "File with the code; without, it is asked for");
    }
    Result<std::string> read(const Shell& shell) const {
        if (file.empty())
            return shell.ask_secret("Code of the authenticator app, or a recovery code: ", "code");
        SHOP_TRY(text, read_file(file, 4096));
        return std::string(trim(text));
    }
};

inline Result<int> print_recovery_codes(const Shell& shell, const Json& answer) {
    Json rows = Json::array();
    for (const Json& code : answer.at("recovery_codes")) rows.push_back(Json{{"code", code}});
    shell.say(
        "These recovery codes are shown this once. Keep them apart from the app; each works "
        "once.");
    return shell.print(rows, recovery_code_view());
}

// Puts a second factor that was set up in force.
inline Result<int> confirm_with(Shell& shell, const std::string& code) {
    SHOP_TRY(answer, shell.call(api::users_service(), "second_factor_confirm", {},
                                {.body = Json{{"code", code}}}));
    // The account may have had no rights until now.
    SHOP_CHECK(shell.renew_token());
    shell.say("The second factor is on.");
    return print_recovery_codes(shell, answer);
}

}  // namespace shop::cli
