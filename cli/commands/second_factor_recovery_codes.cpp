#include "all.hpp"
#include "second_factor_parts.hpp"

namespace shop::cli {

Command second_factor_recovery_codes() {
    return {"second-factor recovery-codes", "Get new recovery codes; the former ones end",
            [](Args& args) -> Run {
                auto option = std::make_shared<CodeOption>();
                option->add(args);
                return [option](Shell& shell) -> Result<int> {
                    SHOP_TRY(code, option->read(shell));
                    SHOP_TRY(answer,
                             shell.call(api::users_service(), "second_factor_recovery_codes", {},
                                        {.body = Json{{"code", code}}}));
                    return print_recovery_codes(shell, answer);
                };
            }};
}

}  // namespace shop::cli
