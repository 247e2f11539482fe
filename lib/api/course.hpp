// The course's HTTP API (form in, JSON out), which the daemons serve beside /v1 so that programs
// written for the course's shop work unchanged: requests, answers and their tables.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/endpoint.hpp"
#include "schema/field.hpp"

namespace shop::api::course {

struct NewUser {
    std::string username, email, first_name, last_name, password;
};
struct Login {
    std::string username, password;
};
struct NewProduct {
    std::string name, slug, image;
    std::int64_t price = 0;  // whole units of the shop's currency
};
struct AddItem {
    std::int64_t product_id = 0, qty = 1;
};

// Rows for the tables of the three services.
std::vector<Endpoint> users_endpoints();
std::vector<Endpoint> products_endpoints();
std::vector<Endpoint> orders_endpoints();

}  // namespace shop::api::course

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::course::NewUser>();
template <> const StructType& type_of<api::course::Login>();
template <> const StructType& type_of<api::course::NewProduct>();
template <> const StructType& type_of<api::course::AddItem>();
// clang-format on
}  // namespace shop::schema
