#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command second_factor_status() {
    return {"second-factor status", "Tell whether one signs in with a code as well",
            [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_TRY(state, shell.call(api::users_service(), "second_factor_get"));
                    return shell.print(state, second_factor_view());
                };
            }};
}

}  // namespace shop::cli
