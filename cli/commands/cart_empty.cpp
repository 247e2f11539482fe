
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command cart_empty() {
    return {"cart empty", "Empty your cart", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.confirm("Take everything out of your cart?"));
                    SHOP_CHECK(shell.call(api::orders_service(), "cart_empty"));
                    shell.say("Your cart is empty.");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
