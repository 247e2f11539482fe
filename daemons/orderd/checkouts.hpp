// The transactions of a checkout: begun, placed, called off; and of giving pieces back. The calls
// to productd between them are checkout.hpp's affair.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.hpp"
#include "orderd/store.hpp"

namespace shop::orders {

// What a caller's Idempotency-Key is kept as.
std::string checkout_key(std::string_view user_id, std::string_view idempotency_key);

// What is asked for.
struct CheckoutRequest {
    auth::Principal buyer;
    std::string key;  // checkout_key
    std::string note;
};

// Makes the pending order of the cart, and its open checkout. conflict where the stored cart is
// another version than the given one, or another checkout of the buyer is open.
Result<api::Order> begin_checkout(const Tables& tables, events::Change& change,
                                  const CheckoutRequest& request, const api::Cart& cart);

// The order is placed and what was ordered leaves the cart. An order that is placed already stays
// as it is and is given back; of one that was called off, the refusal.
Result<api::Order> place_order(const Tables& tables, events::Change& change,
                               const std::string& order_id, const std::string& currency);

struct CallOff {
    std::string reason;    // for the order
    Error answer;          // to the customer
    bool keep = true;      // whether the same call again gets the same answer, or begins anew
    bool release = false;  // whether pieces may be held, which must be given back
};
// The pending order is cancelled. One that is not pending any more stays as it is.
Result<void> call_off(const Tables& tables, events::Change& change, const std::string& order_id,
                      const CallOff& why);
// The answer to a checkout whose order is cancelled.
Error refusal_of(const Checkout& checkout, const api::Order& order);

// Notes that the order's pieces must be given back, and that they have been.
Result<void> queue_release(const Tables& tables, events::Change& change, const api::Order& order);
Result<void> note_released(const Tables& tables, store::Transaction& tx,
                           const std::string& order_id);

// Order ids of checkouts at this step, the oldest first.
std::vector<std::string> checkouts_at(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view step, std::size_t count_max);

}  // namespace shop::orders
