
#include "all.hpp"
#include "base/limits.hpp"
#include "lines.hpp"

namespace shop::cli {

Command cart_set() {
    return {"cart set", "Set how many pieces of a product are in your cart", [](Args& args) -> Run {
                auto product = std::make_shared<std::string>();
                auto quantity = std::make_shared<std::int64_t>(1);
                args.text("product", *product, "Id, SKU or number of a line").required();
                args.integer("quantity", *quantity, "How many pieces; 0 takes the line out", 0,
                             limits::kQuantityMax)
                    .required();
                return [product, quantity](Shell& shell) -> Result<int> {
                    SHOP_TRY(cart, shell.call(api::orders_service(), "cart_set", {*product},
                                              {.body = Json{{"quantity", *quantity}}}));
                    return print_lines(shell, cart, "Your cart");
                };
            }};
}

}  // namespace shop::cli
