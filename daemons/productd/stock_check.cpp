#include "productd/stock_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "productd/stock.hpp"

namespace shop::products {
namespace {

using api::Reservation;
using api::StockLevel;
using api::StockMovement;

// A hot product's ledger is long, so that a page has fewer of them than of other things.
constexpr std::size_t kProductsAtOnce = 50;

// One page while it is examined.
struct StockPage {
    const Tables& tables;
    const store::Snapshot& snapshot;
    events::Change* repair;  // null: only look
    store::CheckPage out = {};

    void fault(std::string_view product_id, std::string problem, bool repairable = false) {
        out.faults.push_back({std::string(product_id), std::move(problem), repairable});
    }
};

std::string text_of(const StockLevel& level) {
    return fmt::format("{} on hand, {} reserved, {} available", level.on_hand, level.reserved,
                       level.available);
}

// Whether the movement is what its order's reservation says.
bool has_reservation(const StockPage& page, const StockMovement& movement) {
    const auto bytes = page.tables.reservations.raw(page.snapshot, movement.reference);
    if (!bytes) return false;
    const auto reservation = schema::decode_text<Reservation>(*bytes, schema::Mode::stored);
    if (!reservation || reservation->state == "held") return false;
    const std::int64_t quantity = movement.kind == "sale" ? -movement.quantity : movement.quantity;
    return std::ranges::any_of(reservation->lines, [&](const api::ReservationLine& line) {
        return line.product_id == movement.product_id && line.quantity == quantity;
    });
}

// What the ledger adds up to; faults where it does not go on from entry to entry.
StockLevel sum_of_ledger(StockPage& page, std::string_view product_id) {
    StockLevel sum{.version = 0};
    page.snapshot.scan(
        page.tables.movements, store::prefix_range(product_id),
        [&](std::string_view key, std::string_view bytes) {
            ++page.out.examined;
            sum.version = store::number_of(key.substr(product_id.size()));
            const auto movement = schema::decode_text<StockMovement>(bytes, schema::Mode::stored);
            if (!movement) {
                page.fault(product_id, "an entry of its ledger can't be read");
                return true;
            }
            sum.on_hand += movement->quantity;
            if (movement->on_hand != sum.on_hand)
                page.fault(product_id,
                           fmt::format("its ledger says {} on hand at {} and adds up to {}",
                                       movement->on_hand, movement->id, sum.on_hand));
            const bool of_order = movement->kind == "sale" || movement->kind == "return";
            if (of_order && !has_reservation(page, *movement))
                page.fault(product_id,
                           fmt::format("the {} {} of its ledger has no reservation "
                                       "that fits (order {})",
                                       movement->kind, movement->id, movement->reference));
            return true;
        });
    return sum;
}

std::int64_t held_of(const StockPage& page, std::string_view product_id) {
    std::int64_t held = 0;
    page.tables.reservations.walk_equal(
        page.snapshot, "product", product_id, {}, false,
        [&](std::string_view order_id, std::string_view) {
            const auto bytes = page.tables.reservations.raw(page.snapshot, order_id);
            const auto reservation =
                schema::decode_text<Reservation>(bytes.value_or(""), schema::Mode::stored);
            if (!reservation || reservation->state != "held") return true;  // the index's own fault
            for (const auto& line : reservation->lines)
                if (line.product_id == product_id && line.tracked.value_or(false))
                    held += line.quantity;
            return true;
        });
    return held;
}

bool same(const StockLevel& a, const StockLevel& b) {
    return a.on_hand == b.on_hand && a.reserved == b.reserved && a.available == b.available &&
           a.version >= b.version;
}

void set_level(StockPage& page, std::string_view product_id, StockLevel level,
               std::int64_t version) {
    level.version = std::max(level.version, version);
    put_level(page.tables, *page.repair, product_id, level);
}

void check_level(StockPage& page, std::string_view product_id) {
    StockLevel due = sum_of_ledger(page, product_id);
    due.reserved = held_of(page, product_id);
    due.available = due.on_hand - due.reserved;
    const auto bytes = level_bytes(page.tables, page.snapshot, product_id);
    const auto level = schema::decode_text<StockLevel>(bytes.value_or("{}"), schema::Mode::stored);
    if (bytes && level && same(*level, due)) return;
    const std::string is = !bytes   ? "it has no stock level"
                           : !level ? "its stock level can't be read"
                                    : text_of(*level);
    const bool repairable = due.available >= 0;
    if (page.repair && repairable) set_level(page, product_id, due, level ? level->version : 0);
    page.fault(product_id, fmt::format("{}, but ledger and reservations say {}", is, text_of(due)),
               repairable);
}

void check_product(StockPage& page, std::string_view id) {
    ++page.out.examined;
    const auto bytes = page.tables.products.raw(page.snapshot, id);
    const auto product =
        schema::decode_text<api::Product>(bytes.value_or(""), schema::Mode::stored);
    if (!product) return;  // the collection's own fault
    if (product->track_stock) return check_level(page, id);
    if (!level_bytes(page.tables, page.snapshot, id)) return;
    if (page.repair) drop_level(page.tables, *page.repair, id);
    page.fault(id, "it has a stock level though its stock is not tracked", true);
}

// Levels of products that are not there, behind `after` and up to `end` (empty: all).
void check_left_over(StockPage& page, std::string_view after, const std::string& end) {
    std::vector<std::string> left_over;
    store::Range range{.from = std::string(after), .to = end};
    if (!after.empty()) range.from += '\0';
    if (!end.empty()) range.to += '\0';
    page.snapshot.scan(page.tables.levels, range, [&](std::string_view id, std::string_view) {
        if (!page.tables.products.raw(page.snapshot, id)) left_over.emplace_back(id);
        return true;
    });
    for (const auto& id : left_over) {
        if (page.repair) drop_level(page.tables, *page.repair, id);
        page.fault(id, "there is a stock level and no such product", true);
    }
}

store::CheckPage check_page(StockPage page, std::string_view after) {
    std::vector<std::string> ids;
    page.tables.products.walk(page.snapshot, "", after, false,
                              [&](std::string_view id, std::string_view) {
                                  ids.emplace_back(id);
                                  return ids.size() < kProductsAtOnce;
                              });
    if (ids.size() == kProductsAtOnce) page.out.next = ids.back();
    for (const auto& id : ids) check_product(page, id);
    check_left_over(page, after, page.out.next);
    return std::move(page.out);
}

}  // namespace

runtime::StorePart levels_part(store::Store& store, const Tables& tables) {
    return runtime::store_part(
        "levels", store,
        [&tables](const events::Origin& by, const store::Snapshot& snapshot, std::string_view after,
                  store::Transaction* tx) -> Result<store::CheckPage> {
            if (!tx) return check_page({tables, snapshot, nullptr}, after);
            events::Change change(*tx, tables.journal, by);
            return check_page({tables, *tx, &change}, after);
        });
}

}  // namespace shop::products
