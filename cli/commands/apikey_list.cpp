
#include "all.hpp"
#include "list_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command apikey_list() {
    return {"apikey list", "List API keys and logins of the course's API", [](Args& args) -> Run {
                auto options = std::make_shared<ListOptions>(args);
                options->query(args, "--user", "user", "Of this account, as staff");
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(keys, options->run(shell, api::users_service(), "api_key_list"));
                    return shell.print(keys, key_view());
                };
            }};
}

}  // namespace shop::cli
