// What an access token says. Inside lib/auth only.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>

#include "schema/field.hpp"

namespace shop::auth {

inline constexpr std::string_view kAudience = "shop";
inline constexpr std::string_view kUserIssuer = "userd";  // signs for people

struct Claims {
    std::string iss;
    std::string sub;
    std::string aud;
    std::int64_t iat = 0;  // seconds since 1970, as is exp
    std::int64_t exp = 0;
    std::optional<std::int64_t> num;
    std::optional<std::string> name;
    std::optional<std::string> role;
    std::optional<std::string> sid;
    std::optional<std::string> scope;  // RFC 8693: names with blanks between them
};

}  // namespace shop::auth

namespace shop::schema {
template <>
const StructType& type_of<auth::Claims>();
}
