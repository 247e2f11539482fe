#include "all.hpp"
#include "second_factor_parts.hpp"

namespace shop::cli {

Command second_factor_confirm() {
    return {"second-factor confirm", "Put a second factor in force by its first code",
            [](Args& args) -> Run {
                auto option = std::make_shared<CodeOption>();
                option->add(args);
                return [option](Shell& shell) -> Result<int> {
                    SHOP_TRY(code, option->read(shell));
                    return confirm_with(shell, code);
                };
            }};
}

}  // namespace shop::cli
