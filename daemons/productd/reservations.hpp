// Reservations: pieces that a checkout holds until its order is placed, it gives up, or the time is
// over. held -> confirmed (sold) or released; confirmed -> released (taken back).
//
// All calls are idempotent by the order's id. Lines of products whose stock is not tracked pass.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "productd/store.hpp"

namespace shop::products {

// Holds all lines or none. The same lines again are the same reservation; one that has expired is
// held anew. conflict where pieces are missing (with a field error for each such line), where other
// lines are held, or where the reservation was released; not_found, naming the line, where there is
// no such product.
Result<api::Reservation> hold(const Tables& tables, events::Change& change,
                              const std::string& order_id, api::Reservation asked);
// Sells what is held, also where its time is over but nobody has released it yet. conflict where it
// was released.
Result<api::Reservation> confirm(const Tables& tables, events::Change& change,
                                 std::string_view order_id);
// Frees what is held, or takes back what was sold.
Result<api::Reservation> release(const Tables& tables, events::Change& change,
                                 std::string_view order_id, std::string reason);
Result<api::Reservation> find_reservation(const Tables& tables, const store::Snapshot& snapshot,
                                          std::string_view order_id);

// Whether a reservation holds pieces of the product.
bool is_held(const Tables& tables, const store::Snapshot& snapshot, std::string_view product_id);

// Whether a held reservation's time is over.
bool has_expired(const Tables& tables, const store::Snapshot& snapshot, Time now);
// Releases up to `count_max` of those, the oldest first; returns how many.
std::size_t release_expired(const Tables& tables, events::Change& change, std::size_t count_max);

}  // namespace shop::products
