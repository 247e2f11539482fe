#include "productd/stock.hpp"

#include <fmt/format.h>

#include <cassert>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace shop::products {
namespace {

using api::StockLevel;
using api::StockMovement;

// The newest entry of a product's ledger: the level's version and on_hand at that time.
StockLevel last_of_ledger(const Tables& tables, const store::Snapshot& snapshot,
                          std::string_view product_id) {
    StockLevel level{.version = 0};
    snapshot.scan(tables.movements, store::prefix_range(product_id, true),
                  [&](std::string_view key, std::string_view bytes) {
                      level.version = store::number_of(key.substr(product_id.size()));
                      level.on_hand = schema::decode_stored<StockMovement>(bytes).on_hand;
                      return false;
                  });
    return level;
}

// The signed quantity of what a person asks for.
Result<std::int64_t> signed_quantity(const StockMovement& asked, const StockLevel& level) {
    if (asked.kind == "sale" || asked.kind == "return")
        return fail_field("/kind", "is booked by orders alone; use receive, adjust or count");
    if (asked.kind == "receive" && asked.quantity < 1)
        return fail_field("/quantity", "must be at least 1; use adjust to take pieces out");
    if (asked.kind == "adjust" && asked.quantity == 0)
        return fail_field("/quantity", "must not be 0");
    if (asked.kind != "count") return asked.quantity;
    if (asked.quantity < 0) return fail_field("/quantity", "must be at least 0: what was counted");
    return asked.quantity - level.on_hand;
}

}  // namespace

std::optional<std::string_view> level_bytes(const Tables& tables, const store::Snapshot& snapshot,
                                            std::string_view product_id) {
    return snapshot.get(tables.levels, product_id);
}

std::optional<StockLevel> level_of(const Tables& tables, const store::Snapshot& snapshot,
                                   std::string_view product_id) {
    const auto bytes = level_bytes(tables, snapshot, product_id);
    if (!bytes) return std::nullopt;
    return schema::decode_stored<StockLevel>(*bytes);
}

void start_level(const Tables& tables, events::Change& change, std::string_view product_id) {
    put_level(tables, change, product_id, last_of_ledger(tables, change.tx(), product_id));
}

void drop_level(const Tables& tables, events::Change& change, std::string_view product_id) {
    change.tx().erase(tables.levels, product_id);
}

StockLevel put_level(const Tables& tables, events::Change& change, std::string_view product_id,
                     StockLevel level) {
    level.available = level.on_hand - level.reserved;
    level.version += 1;
    const std::string id(product_id);
    // As it is stored: a repair replaces also what can't be read.
    const auto stored = level_bytes(tables, change.tx(), id);
    const Json before = stored ? parse_json(*stored).value_or(Json()) : Json();
    assert(level.reserved >= 0 && level.available >= 0);
    change.tx().put(tables.levels, product_id, schema::encode_text(level));
    change.emit("stock.changed", id, {{"product_id", id}, {"level", schema::encode(level)}},
                Json{{"product_id", id}, {"level", before}});
    return level;
}

StockMovement append_movement(const Tables& tables, events::Change& change,
                              std::string_view product_id, StockLevel level, Booking booking) {
    level.on_hand += booking.quantity;
    level = put_level(tables, change, product_id, level);
    StockMovement movement{.id = new_id("mov"),
                           .product_id = std::string(product_id),
                           .kind = std::move(booking.kind),
                           .quantity = booking.quantity,
                           .on_hand = level.on_hand,
                           .reason = std::move(booking.reason),
                           .reference = std::move(booking.reference),
                           .actor = change.origin().principal.user_id,
                           .created_at = change.now()};
    change.tx().put(tables.movements, movement_key(product_id, level.version),
                    schema::encode_text(movement));
    return movement;
}

Result<void> check_on_hand(const api::Product& product, const StockLevel& level,
                           std::int64_t on_hand) {
    if (on_hand < level.reserved)
        return fail(
            Code::conflict,
            fmt::format("the stock of {} cannot go to {}: {} on hand, {} of them reserved, "
                        "{} available",
                        product.sku, on_hand, level.on_hand, level.reserved, level.available));
    if (on_hand > limits::kStockMax)
        return fail_field("/quantity", fmt::format("would bring the level above {}; {} on hand now",
                                                   limits::kStockMax, level.on_hand));
    return {};
}

Result<StockMovement> book(const Tables& tables, events::Change& change,
                           const api::Product& product, const StockMovement& asked) {
    const auto level = level_of(tables, change.tx(), product.id);
    if (!level)
        return fail(Code::conflict,
                    fmt::format("the stock of {} is not tracked; set its track_stock to true first",
                                product.sku));
    SHOP_TRY(quantity, signed_quantity(asked, *level));
    SHOP_CHECK(check_on_hand(product, *level, level->on_hand + quantity));
    return append_movement(tables, change, product.id, *level,
                           {asked.kind, quantity, asked.reason});
}

Result<bool> count_to(const Tables& tables, events::Change& change, const api::Product& product,
                      std::int64_t on_hand, std::string reason) {
    const auto level = level_of(tables, change.tx(), product.id);
    if (level && level->on_hand == on_hand) return false;
    SHOP_CHECK(book(tables, change, product,
                    {.kind = "count", .quantity = on_hand, .reason = std::move(reason)}));
    return true;
}

Result<LedgerPage> list_movements(const Tables& tables, const store::Snapshot& snapshot,
                                  std::string_view product_id, const api::PageQuery& query) {
    store::Range range = store::prefix_range(product_id, true);
    if (query.cursor) {
        const auto position = from_base64url(*query.cursor);
        if (!position || position->size() != store::key_of(0).size())
            return fail_field("cursor", "is not one of this list; start anew without it");
        range.to = std::string(product_id) + *position;
    }
    LedgerPage page;
    std::string last;
    snapshot.scan(tables.movements, range, [&](std::string_view key, std::string_view bytes) {
        if (std::ssize(page.items) == query.limit) {
            page.next_cursor = base64url(last);
            return false;
        }
        page.items.emplace_back(bytes);
        last = key.substr(product_id.size());
        return true;
    });
    return page;
}

}  // namespace shop::products
