
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command role_list() {
    return {"role list", "List roles and what they may do", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_TRY(roles, shell.call(api::users_service(), "role_list"));
                    return shell.print(roles["items"], role_view());
                };
            }};
}

}  // namespace shop::cli
