
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command stock_get() {
    return {"stock get", "Show the stock level of a product", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("product", *ref, "Id, slug, SKU or number").required();
                return [ref](Shell& shell) -> Result<int> {
                    SHOP_TRY(level, shell.call(api::products_service(), "stock_get", {*ref}));
                    return shell.print(level, stock_view());
                };
            }};
}

}  // namespace shop::cli
