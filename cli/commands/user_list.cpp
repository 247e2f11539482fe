
#include "all.hpp"
#include "list_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command user_list() {
    return {"user list", "List accounts", [](Args& args) -> Run {
                auto options = std::make_shared<ListOptions>(args);
                options->query(args, "--role", "role", "Only accounts that have it");
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(users, options->run(shell, api::users_service(), "user_list"));
                    return shell.print(users, user_view());
                };
            }};
}

}  // namespace shop::cli
