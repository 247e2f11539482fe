
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command context_list() {
    return {"context list", "List the shops that are known here", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_TRY(config, load_config());
                    Json rows = Json::array();
                    for (const Context& context : config.contexts)
                        rows.push_back({{"current", context.name == config.current},
                                        {"name", context.name},
                                        {"username", context.login ? context.login->username : ""},
                                        {"users_url", context.users_url},
                                        {"products_url", context.products_url},
                                        {"orders_url", context.orders_url},
                                        {"data_dir", context.data_dir}});
                    return shell.print(rows, context_view());
                };
            }};
}

}  // namespace shop::cli
