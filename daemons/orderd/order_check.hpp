// The consistency check of orders against productd's reservations, and of pending orders against
// what drives them on. Nothing of it is derived, so nothing is repaired.
//
// Orders and reservations change while they are read; a page that does not fit is read again behind
// the gate (cut.hpp), where the two stand still.
//
// Thread safety: as runtime::StorePart.
#pragma once

#include "orderd/cut.hpp"
#include "orderd/store.hpp"
#include "runtime/store_parts.hpp"

namespace shop::orders {

// What the check works with; everything outlives the part.
struct OrderCheckParts {
    const Tables& tables;
    store::Store& store;
    Counterpart& productd;
    Gate& gate;
};
runtime::StorePart reservations_part(const OrderCheckParts& parts);

}  // namespace shop::orders
