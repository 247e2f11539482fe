
#include "all.hpp"
#include "list_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command product_list() {
    return {
        "product list", "List and search products", [](Args& args) -> Run {
            auto options = std::make_shared<ListOptions>(args);
            options->query(args, "--search", "q", "Words that name, SKU or description hold");
            options->query(args, "--category", "category", "Only this category");
            options->query(args, "--price-min", "price_min", "At least this price, in minor units");
            options->query(args, "--price-max", "price_max", "At most this price, in minor units");
            options->query(args, "--in-stock", "in_stock",
                           "true: only what is available; false: the rest");
            options->query(args, "--stock-max", "stock_max",
                           "Only what is counted, and has at most so many pieces left");
            options->query(args, "--sort", "sort",
                           "number, name or price; with - in front descending");
            return [options](Shell& shell) -> Result<int> {
                SHOP_TRY(products, options->run(shell, api::products_service(), "product_list"));
                return shell.print(products, product_view());
            };
        }};
}

}  // namespace shop::cli
