
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command order_fulfil() {
    return {"order fulfil", "Say that an order was sent", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("order", *ref, "Id or number").required();
                return [ref](Shell& shell) -> Result<int> {
                    SHOP_TRY(order, shell.call(api::orders_service(), "order_fulfil", {*ref}));
                    return shell.print(order, order_view());
                };
            }};
}

}  // namespace shop::cli
