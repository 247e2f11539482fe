
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command whoami() {
    return {"whoami", "Show who is signed in", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_TRY(user, shell.call(api::users_service(), "user_get", {"me"}));
                    return shell.print(user, user_view());
                };
            }};
}

}  // namespace shop::cli
