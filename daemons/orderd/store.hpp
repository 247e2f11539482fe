// orderd's data: its tables and collections, declared once.
//
// Thread safety: immutable after construction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/orders.hpp"
#include "events/change.hpp"
#include "store/collection.hpp"

namespace shop::orders {

// The steps of a checkout as its record keeps them.
namespace step {
inline constexpr std::string_view kOpen = "open";            // its order is pending
inline constexpr std::string_view kReleasing = "releasing";  // its pieces must still be given back
inline constexpr std::string_view kDone = "done";            // nothing is left to do
}  // namespace step

struct RefusedField {
    std::string pointer;
    std::string message;
};
// Why a checkout came to nothing, so that the same call again gets the same answer.
struct Refusal {
    std::string code;
    std::string message;
    std::vector<RefusedField> fields;
};

// What orderd and productd still have to settle for an order, so that it is found after a crash
// without a walk over all orders. Internal: no client sees it.
struct Checkout {
    std::string order_id;
    std::string user_id;
    std::string key;  // of the call that began it (checkout_key); empty: that key may begin anew
    std::string step;
    std::int64_t cart_version = 0;  // of the cart that was ordered
    std::optional<Refusal> refusal;
    Time updated_at{};
};

struct Tables {
    Tables();
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    store::Layout layout;
    store::Collection<api::Cart> carts;  // by user id; a missing one is empty
    // Ids grow with time, so that ids, and equal entries of the indexes user, state and user_state,
    // stand in the order of creation. Unique: number.
    store::Collection<api::Order> orders;
    // By order id. Unique: key, and open (the user of an open one: one checkout at a time); step.
    store::Collection<Checkout> checkouts;
    store::Table counters;
    events::Journal journal;
};

// What the index user_state holds.
std::string user_state_key(std::string_view user_id, std::string_view state);

}  // namespace shop::orders

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<orders::RefusedField>();
template <> const StructType& type_of<orders::Refusal>();
template <> const StructType& type_of<orders::Checkout>();
// clang-format on
}  // namespace shop::schema
