// Resources of userd: API keys, and the access tokens that they give.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

inline constexpr std::int64_t kKeyDaysDefault = 90;
inline constexpr std::int64_t kKeyDaysMax = 365;
inline constexpr std::int64_t kKeyOverlapHoursMax = 168;

struct ApiKeyInput {
    std::string name;
    std::vector<std::string> scopes;
    std::optional<std::int64_t> days;  // kKeyDaysDefault where neither is there
    std::optional<Time> expires_at;
};
struct ApiKey {
    std::string id;
    std::string user_id;
    std::string kind;  // "key" or "course"
    std::string name;
    std::string prefix;
    std::optional<std::vector<std::string>> scopes;  // nothing: all of the account's role
    Time created_at{};
    std::optional<Time> last_used_at;
    Time expires_at{};
    std::optional<Time> previous_expires_at;  // until when the secret before works
    std::optional<std::string> secret;        // once: from create and rotate
};
struct ApiKeyPage {
    std::vector<ApiKey> items;
    std::optional<std::string> next_cursor;
};
struct RotateInput {
    std::int64_t overlap_hours = 24;
};

struct TokenRequest {
    std::string api_key;
};
struct AccessToken {
    std::string access_token;
    Time expires_at{};
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::ApiKeyInput>();
template <> const StructType& type_of<api::ApiKey>();
template <> const StructType& type_of<api::ApiKeyPage>();
template <> const StructType& type_of<api::RotateInput>();
template <> const StructType& type_of<api::TokenRequest>();
template <> const StructType& type_of<api::AccessToken>();
// clang-format on
}  // namespace shop::schema
