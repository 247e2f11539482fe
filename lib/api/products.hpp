// Resources of productd: products, stock and reservations.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

// available = on_hand - reserved, never below zero. A product whose stock is not tracked has no
// level.
struct StockLevel {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
    std::int64_t available = 0;
    std::int64_t version = 1;
};

struct Product {
    std::string id;
    std::int64_t number = 0;
    std::string sku;
    std::string name;
    std::string slug;  // made from the name where input has none
    std::string description;
    std::string category;
    Money price;
    std::string image;
    bool track_stock = true;
    std::int64_t version = 1;
    Time created_at{};
    Time updated_at{};
    std::optional<std::int64_t> initial_stock;  // write-only, at creation
    std::optional<StockLevel> stock;            // read-only; beside the document, not in it
};
struct ProductPage {
    std::vector<Product> items;
    std::optional<std::string> next_cursor;
};
struct ProductQuery {
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
    std::optional<std::string> q;  // words that the name, SKU or description holds, in any case
    std::optional<std::string> category;
    std::optional<std::int64_t> price_min;  // minor units
    std::optional<std::int64_t> price_max;
    std::optional<bool> in_stock;
    std::optional<std::int64_t> stock_max;  // pieces available; leaves out what is not tracked
    std::optional<std::string> sort;        // number, name, price; with a leading "-": descending
    std::optional<std::string>
        ref;  // up to 200 ids, slugs or SKUs, separated by commas: many at once
};

// A batch of an import: one transaction, one outcome a row.
struct ImportRow {
    std::int64_t line = 0;  // in the client's file, given back in the outcome
    Product product;
    std::optional<std::int64_t>
        stock;  // the level to have afterwards; absent: as it is (0 for a new product)
};
struct ImportRequest {
    std::string on_duplicate =
        "update";  // update, skip, fail: where a product with this SKU is there already
    bool dry_run = false;
    std::vector<ImportRow> rows;
};
struct ImportOutcome {
    std::int64_t line = 0;
    std::string sku;
    std::string outcome;  // created, updated, unchanged, skipped, rejected
    std::string reason;   // where rejected
};
struct ImportResult {
    std::vector<ImportOutcome> rows;
};

struct StockMovement {
    std::string id;
    std::string product_id;
    std::string
        kind;  // receive (+), adjust (+ or -), count (quantity is the new level), sale, return
    std::int64_t quantity =
        0;  // signed change; in the request of a count the level that was counted
    std::int64_t on_hand = 0;  // after it
    std::string reason;
    std::string reference;  // an order's id, for sale and return
    std::string actor;
    Time created_at{};
};
struct StockMovementPage {
    std::vector<StockMovement> items;
    std::optional<std::string> next_cursor;
};

struct ReservationLine {
    std::string product_id;
    std::int64_t quantity = 0;
    std::optional<bool> tracked;  // read-only; whether its stock was tracked when it was held
};
struct Reservation {
    std::string order_id;
    std::string state;  // held, confirmed, released
    std::vector<ReservationLine> lines;
    std::optional<std::int64_t> ttl_seconds;  // write-only; limits::kReservationLife by default
    Time expires_at{};                        // while held
    std::string reason;                       // of a release: "expired", "cancelled"
};
// In the order of the order ids; whoever gets a full page asks again behind its last one.
struct ReservationPage {
    std::vector<Reservation> items;
};
struct ReservationQuery {
    std::int64_t limit = 50;
    std::optional<std::string> after;  // order ids behind this one
    std::optional<std::string> until;  // and up to this one
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::StockLevel>();
template <> const StructType& type_of<api::Product>();
template <> const StructType& type_of<api::ProductPage>();
template <> const StructType& type_of<api::ProductQuery>();
template <> const StructType& type_of<api::ImportRow>();
template <> const StructType& type_of<api::ImportRequest>();
template <> const StructType& type_of<api::ImportOutcome>();
template <> const StructType& type_of<api::ImportResult>();
template <> const StructType& type_of<api::StockMovement>();
template <> const StructType& type_of<api::StockMovementPage>();
template <> const StructType& type_of<api::ReservationLine>();
template <> const StructType& type_of<api::Reservation>();
template <> const StructType& type_of<api::ReservationPage>();
template <> const StructType& type_of<api::ReservationQuery>();
// clang-format on
}  // namespace shop::schema
