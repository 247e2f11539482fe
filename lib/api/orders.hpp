// Resources of orderd: carts and orders.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

// One product in a cart or an order, with name and price as they were when it was put there.
struct Line {
    std::string product_id;
    std::int64_t product_number = 0;
    std::string sku;
    std::string name;
    Money unit_price;
    std::int64_t quantity = 0;
    Money total;
};

struct Cart {
    std::string user_id;
    std::int64_t user_number = 0;
    std::vector<Line> lines;
    Money total;
    std::int64_t version = 0;
    Time updated_at{};
};
struct AddLine {
    std::string product;  // id, slug or SKU
    std::int64_t quantity = 1;
};
struct SetLine {
    std::int64_t quantity = 1;
};

struct Order {
    std::string id;
    std::int64_t number = 0;
    std::string user_id;
    std::int64_t user_number = 0;
    std::string username;
    std::string state;  // pending, placed, fulfilled, cancelled
    std::vector<Line> lines;
    Money total;
    std::string note;
    std::string reason;  // where cancelled
    std::int64_t version = 1;
    Time created_at{};
    Time updated_at{};
    std::optional<Time> placed_at;
    std::optional<Time> fulfilled_at;
    std::optional<Time> cancelled_at;
};
struct OrderPage {
    std::vector<Order> items;
    std::optional<std::string> next_cursor;
};
struct OrderQuery {
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
    std::optional<std::string> state;
    std::optional<std::string>
        user;  // staff: id of a user, or "me"; customers see their own in any case
    std::optional<std::string> q;  // a number; staff: or a part of a username, in any case
    std::optional<Time> since;     // of created_at
    std::optional<Time> until;     // before it
};
struct NewOrder {
    std::string note;
};
struct CancelOrder {
    std::string reason;
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::Line>();
template <> const StructType& type_of<api::Cart>();
template <> const StructType& type_of<api::AddLine>();
template <> const StructType& type_of<api::SetLine>();
template <> const StructType& type_of<api::Order>();
template <> const StructType& type_of<api::OrderPage>();
template <> const StructType& type_of<api::OrderQuery>();
template <> const StructType& type_of<api::NewOrder>();
template <> const StructType& type_of<api::CancelOrder>();
// clang-format on
}  // namespace shop::schema
