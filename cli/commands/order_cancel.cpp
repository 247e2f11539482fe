
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command order_cancel() {
    return {"order cancel", "Cancel an order that was not sent yet", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                auto reason = std::make_shared<std::string>();
                args.text("order", *ref, "Id or number").required();
                args.text("--reason", *reason, "Why");
                return [ref, reason](Shell& shell) -> Result<int> {
                    SHOP_CHECK(
                        shell.confirm("Cancel order " + *ref + "? Its pieces go back into stock."));
                    SHOP_TRY(order, shell.call(api::orders_service(), "order_cancel", {*ref},
                                               {.body = Json{{"reason", *reason}}}));
                    return shell.print(order, order_view());
                };
            }};
}

}  // namespace shop::cli
