// The cart as its page shows it, also where a checkout or a sign-in ends there.
//
// Thread safety: free functions without shared state.
#pragma once

#include "storefrontd/line_products.hpp"

namespace shop::storefront {

// `error`: why somebody comes back to it; null: nothing is wrong. unavailable is not passed on: the
// page says so.
Result<runtime::Reply> show_cart(Visit& visit, const Error* error = nullptr);
// What has another price in the shop than in the cart, as a list of sentences.
Json changed_prices(const api::Cart& cart, const Products& products);

}  // namespace shop::storefront
