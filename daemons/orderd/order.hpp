// Orders: their states, who sees them, and lists of them.
//
// pending -> placed -> fulfilled, and pending or placed -> cancelled; nothing else. Lines never
// change.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.hpp"
#include "orderd/store.hpp"

namespace shop::orders {

namespace state {
inline constexpr std::string_view kPending = "pending";
inline constexpr std::string_view kPlaced = "placed";
inline constexpr std::string_view kFulfilled = "fulfilled";
inline constexpr std::string_view kCancelled = "cancelled";
}  // namespace state

// Moves the order into the state, with the moment and its next version, stores it and emits
// "order.<state>". conflict, naming the order's state, where the guard table has no such move.
Result<void> move_order(const Tables& tables, events::Change& change, api::Order& order,
                        std::string_view to);

// By id or number, among those that the principal may see: not_found for any other.
Result<api::Order> find_order(const Tables& tables, const store::Snapshot& snapshot,
                              const auth::Principal& principal, std::string_view ref);

// Which orders a list has; empty: any.
struct OrderFilter {
    std::string user_id;
    std::string state;
    std::size_t limit = 0;
    std::string after;  // position in the index; empty: from the newest
    // Either of these, where one is given.
    std::optional<std::int64_t> number;
    std::string name_part;  // of the username, in lower case
    std::optional<Time> since;
    std::optional<Time> until;  // created before it
};
// What the principal's query comes to: without orders:read always one's own. invalid_argument at
// `user`, `q`, `until` or `cursor`.
Result<OrderFilter> filter_of(const auth::Principal& principal, const api::OrderQuery& query);

struct Page {
    std::vector<std::string> items;  // JSON as stored
    std::string next_cursor;         // empty: the last page
};
// Newest first; parses none. A page that many orders do not belong to may be short, or empty, and
// still have a next one: one call looks at a limited number of them.
Page list_orders(const Tables& tables, const store::Snapshot& snapshot, const OrderFilter& filter);

// Whether the principal, who sees the order, may cancel it: one's own, or with orders:cancel.
Result<void> may_cancel(const auth::Principal& principal, const api::Order& order);
// What a customer's or the staff's cancellation does to a placed order: cancelled, and its pieces
// to be given back (see checkouts.hpp). conflict in any other state.
Result<void> cancel_order(const Tables& tables, events::Change& change, api::Order& order,
                          std::string reason);

}  // namespace shop::orders
