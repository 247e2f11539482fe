
#include "all.hpp"
#include "lines.hpp"

namespace shop::cli {

Command order_get() {
    return {"order get", "Show an order with its lines", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("order", *ref, "Id or number").required();
                return [ref](Shell& shell) -> Result<int> {
                    SHOP_TRY(order, shell.call(api::orders_service(), "order_get", {*ref}));
                    return print_lines(shell, order,
                                       "Order " + cell_text(order["number"]) + " of " +
                                           order.value("username", "") + ", " +
                                           order.value("state", "") + ", " +
                                           order.value("created_at", ""));
                };
            }};
}

}  // namespace shop::cli
