
#include "all.hpp"
#include "base/limits.hpp"
#include "lines.hpp"

namespace shop::cli {

Command cart_add() {
    return {"cart add", "Put a product into your cart", [](Args& args) -> Run {
                auto product = std::make_shared<std::string>();
                auto quantity = std::make_shared<std::int64_t>(1);
                args.text("product", *product, "Id, slug, SKU or number").required();
                args.integer("quantity", *quantity, "How many pieces", 1, limits::kQuantityMax);
                return [product, quantity](Shell& shell) -> Result<int> {
                    SHOP_TRY(
                        cart,
                        shell.call(api::orders_service(), "cart_add", {},
                                   {.body = Json{{"product", *product}, {"quantity", *quantity}}}));
                    return print_lines(shell, cart, "Your cart");
                };
            }};
}

}  // namespace shop::cli
