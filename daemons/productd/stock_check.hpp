// The consistency check of stock: each level is what its ledger and the held reservations add up
// to, each sale and return in the ledger belongs to a reservation, and a product has a level
// exactly where its stock is tracked.
//
// The level is derived, so a repair sets it (and emits stock.changed), but never to less than zero
// available: pieces that were sold twice are for a person to settle. The ledger is never changed.
//
// Thread safety: as runtime::StorePart.
#pragma once

#include "productd/store.hpp"
#include "runtime/store_parts.hpp"

namespace shop::products {

// Both outlive the part.
runtime::StorePart levels_part(store::Store& store, const Tables& tables);

}  // namespace shop::products
