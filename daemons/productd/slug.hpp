// Slugs and SKUs that the shop makes up by itself.
//
// Thread safety: free functions; as safe as the Snapshot they get.
#pragma once

#include <string>
#include <string_view>

#include "productd/store.hpp"

namespace shop::products {

// A slug that no other product has: from the name; then with the SKU behind it; then with a number.
// invalid_argument at /slug where a thousand of those are taken.
Result<std::string> free_slug(const Tables& tables, const store::Snapshot& snapshot,
                              const api::Product& product);
// A SKU from a slug, for products that come without one.
Result<std::string> free_sku(const Tables& tables, const store::Snapshot& snapshot,
                             std::string_view slug);

}  // namespace shop::products
