// Resources of userd: roles, the built-in ones and the shop's own.
//
// Thread safety: values.
#pragma once

#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

struct Role {
    std::string name;
    std::string description;
    std::vector<std::string> scopes;
    bool built_in = false;
    std::int64_t version = 1;
    Time updated_at{};
};
struct RoleInput {
    std::string description;
    std::vector<std::string> scopes;
};
struct RoleList {
    std::vector<Role> items;  // the built-in ones, then the shop's own by name
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::Role>();
template <> const StructType& type_of<api::RoleInput>();
template <> const StructType& type_of<api::RoleList>();
// clang-format on
}  // namespace shop::schema
