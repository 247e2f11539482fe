// Stock as a ledger: on hand is the sum of a product's movements, available is on hand less what
// reservations hold, and never below zero.
//
// A product whose stock is not tracked has no level; the ledger of former times stays.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "productd/store.hpp"

namespace shop::products {

// The level's JSON as it is stored; nothing where the stock is not tracked.
std::optional<std::string_view> level_bytes(const Tables& tables, const store::Snapshot& snapshot,
                                            std::string_view product_id);
std::optional<api::StockLevel> level_of(const Tables& tables, const store::Snapshot& snapshot,
                                        std::string_view product_id);

// Begins to count: the level is what the ledger says, 0 for a new product.
void start_level(const Tables& tables, events::Change& change, std::string_view product_id);
// Stops counting; nothing must be reserved.
void drop_level(const Tables& tables, events::Change& change, std::string_view product_id);

// Stores a level whose `on_hand` or `reserved` the caller has changed, and emits stock.changed.
// Gives it its next version and its `available`, which must not be below zero (an assertion:
// callers check first).
api::StockLevel put_level(const Tables& tables, events::Change& change, std::string_view product_id,
                          api::StockLevel level);

// What goes into the ledger.
struct Booking {
    std::string kind;
    std::int64_t quantity = 0;  // signed
    std::string reason = {};
    std::string reference = {};
};
// Adds the booking to the ledger and to the level, with put_level's rules.
api::StockMovement append_movement(const Tables& tables, events::Change& change,
                                   std::string_view product_id, api::StockLevel level,
                                   Booking booking);

// conflict, with the figures, where the level would not cover what is reserved.
Result<void> check_on_hand(const api::Product& product, const api::StockLevel& level,
                           std::int64_t on_hand);
// A movement that a person books: receive, adjust or count.
Result<api::StockMovement> book(const Tables& tables, events::Change& change,
                                const api::Product& product, const api::StockMovement& asked);
// Brings the level to `on_hand` by a count with this reason; false where it is there already.
Result<bool> count_to(const Tables& tables, events::Change& change, const api::Product& product,
                      std::int64_t on_hand, std::string reason);

struct LedgerPage {
    std::vector<std::string> items;
    std::string next_cursor;  // empty: the last page
};
// Newest first. invalid_argument at `cursor` where that is not one of ours.
Result<LedgerPage> list_movements(const Tables& tables, const store::Snapshot& snapshot,
                                  std::string_view product_id, const api::PageQuery& query);

}  // namespace shop::products
