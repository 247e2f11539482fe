
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command order_create() {
    return {"order create", "Check out: make an order of your cart", [](Args& args) -> Run {
                auto note = std::make_shared<std::string>();
                auto key = std::make_shared<std::string>();
                args.text("--note", *note, "Words for the shop");
                args.text("--idempotency-key", *key,
                          "Names this checkout: the same key again gives the same order");
                return [note, key](Shell& shell) -> Result<int> {
                    const Json body = note->empty() ? Json::object() : Json{{"note", *note}};
                    SHOP_TRY(order, shell.call(api::orders_service(), "order_create", {},
                                               {.body = body, .idempotency_key = *key}));
                    return shell.print(order, order_view());
                };
            }};
}

}  // namespace shop::cli
