// Resources of userd: what gives access to an account, which is its sign-ins and its keys.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

struct SessionInfo {
    std::string id;
    std::string user_id;
    std::string
        kind;  // "token" (a sign-in), "course" (one of the course's API), "key" (an API key)
    std::optional<std::string> name;    // of a key
    std::optional<std::string> prefix;  // of a key: how its secret begins
    std::optional<std::vector<std::string>> scopes;
    Time created_at{};
    std::optional<Time> last_used_at;
    Time expires_at{};
    std::optional<std::string> address;
    std::optional<std::string> user_agent;
    bool current = false;
};
struct SessionPage {
    std::vector<SessionInfo> items;
    std::optional<std::string> next_cursor;
};
struct SessionQuery {  // with the fields of PageQuery
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
    std::optional<std::string> user;
};
struct SessionEndQuery {
    bool others = false;
    std::optional<std::string> user;
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::SessionInfo>();
template <> const StructType& type_of<api::SessionPage>();
template <> const StructType& type_of<api::SessionQuery>();
template <> const StructType& type_of<api::SessionEndQuery>();
// clang-format on
}  // namespace shop::schema
