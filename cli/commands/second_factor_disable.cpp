#include "all.hpp"
#include "second_factor_parts.hpp"

namespace shop::cli {

Command second_factor_disable() {
    return {"second-factor disable", "Sign in with the password alone again",
            [](Args& args) -> Run {
                auto option = std::make_shared<CodeOption>();
                option->add(args);
                return [option](Shell& shell) -> Result<int> {
                    SHOP_TRY(code, option->read(shell));
                    SHOP_CHECK(shell.call(api::users_service(), "second_factor_disable", {},
                                          {.body = Json{{"code", code}}}));
                    shell.say("The second factor is off.");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
