
#include "all.hpp"
#include "base/limits.hpp"
#include "product_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command product_create() {
    return {"product create", "Create a product", [](Args& args) -> Run {
                auto options = std::make_shared<ProductOptions>();
                auto stock = std::make_shared<std::int64_t>(0);
                options->define(args, true);
                args.integer("--stock", *stock, "Pieces in the house", 0, limits::kStockMax);
                return [options, stock](Shell& shell) -> Result<int> {
                    SHOP_TRY(body, options->body("GBP"));
                    if (*stock > 0) body["initial_stock"] = *stock;
                    SHOP_TRY(product, shell.call(api::products_service(), "product_create", {},
                                                 {.body = body}));
                    return shell.print(product, product_view());
                };
            }};
}

}  // namespace shop::cli
