// Options of `stock add` and `stock set`, and the movement that they book.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <string>

#include "args.hpp"
#include "base/limits.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

struct StockOptions {
    std::string ref;
    std::int64_t quantity = 0;
    std::string reason;

    StockOptions(Args& args, const std::string& quantity_doc) {
        args.text("product", ref, "Id, slug, SKU or number").required();
        args.integer("quantity", quantity, quantity_doc, -limits::kStockMax, limits::kStockMax)
            .required();
        args.text("--reason", reason, "Why, for the ledger");
    }
    Result<int> book(Shell& shell, const std::string& kind) const {
        SHOP_TRY(
            movement,
            shell.call(api::products_service(), "stock_movement_create", {ref},
                       {.body = Json{{"kind", kind}, {"quantity", quantity}, {"reason", reason}}}));
        return shell.print(movement, movement_view());
    }
};

}  // namespace shop::cli
