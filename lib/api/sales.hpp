// Figures of what was sold, of orderd: for the dashboard of the back office and `order report`.
//
// Thread safety: values.
#pragma once

#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

inline constexpr std::int64_t kSalesDaysMax = 366;
inline constexpr std::size_t kSalesProductsMax = 10;

struct SalesQuery {
    std::int64_t days = 30;
};
struct SalesDay {
    std::string day;  // of UTC: "2026-11-28"
    std::int64_t orders = 0;
    std::int64_t pieces = 0;
    Money revenue;
};
struct SalesTotal {
    std::int64_t orders = 0;
    std::int64_t pieces = 0;
    Money revenue;
};
struct SalesProduct {
    std::string product_id;
    std::string sku;
    std::string name;  // in the newest of these orders
    std::int64_t pieces = 0;
    Money revenue;
};
// Of orders that were placed in these days and not cancelled since, in the shop's currency.
struct Sales {
    std::vector<SalesDay> days;  // each of them, the oldest first
    SalesTotal total;
    std::vector<SalesProduct> products;    // those with the greatest revenue
    std::int64_t to_fulfil = 0;            // orders that are placed, of any day
    std::int64_t pending = 0;              // checkouts under way, of any day
    std::int64_t in_other_currencies = 0;  // orders of these days that are not in the sums
    Time made_at{};
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::SalesQuery>();
template <> const StructType& type_of<api::SalesDay>();
template <> const StructType& type_of<api::SalesTotal>();
template <> const StructType& type_of<api::SalesProduct>();
template <> const StructType& type_of<api::Sales>();
// clang-format on
}  // namespace shop::schema
