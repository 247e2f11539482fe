
#include "all.hpp"
#include "list_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command stock_list() {
    return {"stock list", "List the stock ledger of a product", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("product", *ref, "Id, slug, SKU or number").required();
                auto options = std::make_shared<ListOptions>(args);
                return [ref, options](Shell& shell) -> Result<int> {
                    SHOP_TRY(movements, options->run(shell, api::products_service(),
                                                     "stock_movement_list", {*ref}));
                    return shell.print(movements, movement_view());
                };
            }};
}

}  // namespace shop::cli
