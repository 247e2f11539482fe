// Options of `product create` and `product update`, and the body that they make.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "base/money.hpp"
#include "change_options.hpp"

namespace shop::cli {

struct ProductOptions {
    ChangeOptions fields;
    std::string price;
    std::string currency;
    std::string track_stock;

    void define(Args& args, bool creating) {
        Arg sku = fields.text(args, creating ? "sku" : "--sku", "sku", "Stock keeping unit");
        Arg name = fields.text(args, "--name", "name", "As shoppers see it");
        Arg amount = args.text("--price", price, "For one piece, as a decimal: 2.95");
        if (creating) {
            sku.required();
            name.required();
            amount.required();
        }
        args.text("--currency", currency, "ISO 4217 code").needs(amount);
        fields.text(args, "--slug", "slug", "Its name in addresses");
        fields.text(args, "--description", "description", "Text for shoppers");
        fields.text(args, "--category", "category", "Where shoppers find it");
        fields.text(args, "--image", "image", "File name of its picture");
        args.text("--track-stock", track_stock, "false: sell it without counting pieces")
            .one_of({"true", "false"});
    }
    // `currency_default` stands where --currency was not given.
    Result<Json> body(const std::string& currency_default) const {
        Json out = fields.body();
        if (!price.empty()) {
            SHOP_TRY(money, parse_money(price, currency.empty() ? currency_default : currency));
            out["price"] = {{"amount", money.amount}, {"currency", money.currency}};
        }
        if (!track_stock.empty()) out["track_stock"] = track_stock == "true";
        return out;
    }
};

}  // namespace shop::cli
