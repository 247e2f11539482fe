
#include "all.hpp"
#include "lines.hpp"

namespace shop::cli {

Command cart_remove() {
    return {"cart remove", "Take a product out of your cart", [](Args& args) -> Run {
                auto product = std::make_shared<std::string>();
                args.text("product", *product, "Id, SKU or number of a line").required();
                return [product](Shell& shell) -> Result<int> {
                    SHOP_TRY(cart, shell.call(api::orders_service(), "cart_remove", {*product}));
                    return print_lines(shell, cart, "Your cart");
                };
            }};
}

}  // namespace shop::cli
