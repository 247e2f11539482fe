// Resources of userd: the second factor of a sign-in, a code of an authenticator app.
//
// Thread safety: values.
#pragma once

#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

struct SecondFactor {
    bool enabled = false;
    std::int64_t recovery_codes_left = 0;
    bool required = false;  // the account has no rights of its role without one
};
struct SecondFactorStart {
    std::string password;
};
struct SecondFactorSecret {
    std::string secret;
    std::string uri;
};
struct SecondFactorCode {
    std::string code;
};
struct RecoveryCodes {
    std::vector<std::string> recovery_codes;
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::SecondFactor>();
template <> const StructType& type_of<api::SecondFactorStart>();
template <> const StructType& type_of<api::SecondFactorSecret>();
template <> const StructType& type_of<api::SecondFactorCode>();
template <> const StructType& type_of<api::RecoveryCodes>();
// clang-format on
}  // namespace shop::schema
