
#include "all.hpp"
#include "lines.hpp"

namespace shop::cli {

Command cart_get() {
    return {"cart get", "Show your cart", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_TRY(cart, shell.call(api::orders_service(), "cart_get"));
                    return print_lines(shell, cart, "Your cart");
                };
            }};
}

}  // namespace shop::cli
