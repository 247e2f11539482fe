// Resources of productd: where shoppers find things.
//
// Thread safety: values and free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "api/endpoint.hpp"
#include "schema/field.hpp"

namespace shop::api {

struct Category {
    std::string name;
    std::int64_t products = 0;
};
struct CategoryList {
    std::vector<Category> items;  // by name
};

// Categories that one list names at most; a shop with more of them has no categories.
inline constexpr std::size_t kCategoriesMax = 500;

std::vector<Endpoint> category_endpoints();

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::Category>();
template <> const StructType& type_of<api::CategoryList>();
// clang-format on
}  // namespace shop::schema
