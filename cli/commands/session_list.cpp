
#include "all.hpp"
#include "list_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command session_list() {
    return {"session list", "List sign-ins and keys", [](Args& args) -> Run {
                auto options = std::make_shared<ListOptions>(args);
                options->query(args, "--user", "user", "Of this account, as staff");
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(rows, options->run(shell, api::users_service(), "session_list"));
                    return shell.print(rows, session_view());
                };
            }};
}

}  // namespace shop::cli
