// The outside log of the kill storm: what the shop's daemons acknowledged, kept by those who asked,
// so that nothing in it depends on a store.
//
// Thread safety: values; each caller writes a log of its own, and they are put together when all
// have ended.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/orders.hpp"
#include "api/products.hpp"
#include "api/users.hpp"

namespace shop::torture {

using Pieces = std::map<std::string, std::int64_t>;  // by product id

inline Pieces pieces_of(const std::vector<api::Line>& lines) {
    Pieces out;
    for (const auto& line : lines) out[line.product_id] += line.quantity;
    return out;
}

// The note of an order is the Idempotency-Key of its checkout: so an order that nobody was told of
// can be told from one that was.
struct AcknowledgedOrder {
    api::Order order;  // as it was in the answer
    bool cancelled = false;
};

struct BuyerLog {
    std::string user_id;
    std::vector<AcknowledgedOrder> orders;
    std::set<std::string> refused;  // keys of checkouts that came to nothing
    Pieces cart;                    // after the last answer
    std::int64_t cart_changes = 0;
    std::int64_t cart_refusals = 0;
};

struct AcknowledgedAccount {
    api::User user;
    std::string refresh_token;  // of its last session
};

struct OutsideLog {
    Pieces initial;  // pieces of each product at its creation
    std::vector<BuyerLog> buyers;
    std::vector<api::StockMovement> receipts;
    std::vector<AcknowledgedAccount> accounts;  // the administrator is none of them
    std::int64_t replayed = 0;                  // answers to calls that an attempt before had done
    std::vector<std::string> faults;            // answers that nobody may get
};

}  // namespace shop::torture
