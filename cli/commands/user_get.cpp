
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command user_get() {
    return {"user get", "Show an account", [](Args& args) -> Run {
                auto user = std::make_shared<std::string>();
                args.text("user", *user, "Id, number, username or me").required();
                return [user](Shell& shell) -> Result<int> {
                    SHOP_TRY(found, shell.call(api::users_service(), "user_get", {*user}));
                    return shell.print(found, user_view());
                };
            }};
}

}  // namespace shop::cli
