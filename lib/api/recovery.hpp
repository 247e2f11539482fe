// Resources of userd: what goes out by mail and comes back, for a forgotten password or an address
// that is to be confirmed.
//
// Thread safety: values.
#pragma once

#include <string>

#include "schema/field.hpp"

namespace shop::api {

struct PasswordResetRequest {
    std::string email;
};
struct PasswordReset {
    std::string token;
    std::string password;
};
struct EmailVerification {
    std::string token;
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::PasswordResetRequest>();
template <> const StructType& type_of<api::PasswordReset>();
template <> const StructType& type_of<api::EmailVerification>();
// clang-format on
}  // namespace shop::schema
