// Carts: what is in them, and how that changes.
//
// The rules work on a Cart in memory; load_cart and save_cart stand between them and the store.
// Totals are checked sums: one too large is invalid_argument.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/products.hpp"
#include "orderd/store.hpp"

namespace shop::orders {

// The user's cart; a new one (version 0, nothing in it) where there is none yet.
api::Cart load_cart(const Tables& tables, const store::Snapshot& snapshot,
                    const std::string& user_id, const std::string& currency);
// Gives it its next version and its total in `currency`, stores it, emits cart.updated.
Result<void> save_cart(const Tables& tables, events::Change& change, api::Cart& cart,
                       const std::string& currency);

// The line of the product with this id, SKU (in any case) or number; nullptr where none is.
api::Line* find_line(api::Cart& cart, std::string_view ref);

// conflict where the product is not sold in the shop's currency.
Result<void> check_currency(const api::Product& product, const std::string& currency);
// conflict at /quantity where fewer pieces are available.
Result<void> check_available(const api::Product& product, std::int64_t quantity);

// Puts so many more pieces in: a new line, or more of the product's line, which gets the product's
// present name and price. conflict where too few are available or the cart is full of lines;
// invalid_argument at /quantity beyond limits::kQuantityMax.
Result<void> add_pieces(api::Cart& cart, const api::Product& product, std::int64_t quantity);
// The line of this product, which must be there, gets this quantity; 0 takes it out.
void set_pieces(api::Cart& cart, std::string_view product_id, std::int64_t quantity);
// Takes out what was ordered; more of it that came later stays.
void subtract(api::Cart& cart, const std::vector<api::Line>& ordered);
// Gives the product's line its present name and price.
void refresh_line(api::Line& line, const api::Product& product);

}  // namespace shop::orders
