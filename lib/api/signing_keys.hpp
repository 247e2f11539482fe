// The keys that sign access tokens, as userd tells of them.
//
// Thread safety: values.
#pragma once

#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

struct SigningKey {
    std::string kid;
    std::string state;  // "current", "next" or "previous"
    Time since{};
};
struct SigningKeyList {
    std::vector<SigningKey> items;
};
struct RotateRequest {
    bool now = false;
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::SigningKey>();
template <> const StructType& type_of<api::SigningKeyList>();
template <> const StructType& type_of<api::RotateRequest>();
// clang-format on
}  // namespace shop::schema
