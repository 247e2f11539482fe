#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command signing_key_rotate() {
    return {"signing-key rotate", "Sign access tokens with the next key", [](Args& args) -> Run {
                auto now = std::make_shared<bool>(false);
                args.flag("--now", *now, "Somebody may have the keys: all of them are made anew");
                return [now](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.confirm(
                        *now ? "Make all signing keys anew? Every access token ends at once; who "
                               "is signed in stays so and gets a new one."
                             : "Rotate the signing keys? Tokens that were signed so far stay "
                               "good until they end."));
                    SHOP_TRY(keys, shell.call(api::users_service(), "signing_key_rotate", {},
                                              {.body = Json{{"now", *now}}}));
                    if (*now)
                        shell.say(
                            "A gateway that was not started by `shopctl up` has to be "
                            "rendered and reloaded: it knows the old keys alone.");
                    return shell.print(keys["items"], signing_key_view());
                };
            }};
}

}  // namespace shop::cli
