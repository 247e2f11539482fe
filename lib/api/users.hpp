// Resources of userd: accounts and sessions.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/field.hpp"

namespace shop::api {

struct User {
    std::string id;
    std::int64_t number = 0;
    std::string username;
    std::string email;
    std::string first_name;
    std::string last_name;
    std::string role = "customer";
    bool active = true;
    bool email_verified = false;
    std::int64_t version = 1;
    Time created_at{};
    Time updated_at{};
    std::optional<std::string> password;          // write-only; needed to register
    std::optional<std::string> current_password;  // write-only; for one's own password and address
};
struct UserPage {
    std::vector<User> items;
    std::optional<std::string> next_cursor;
};
struct UserQuery {  // with the fields of PageQuery
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
    std::optional<std::string> role;
};

struct Credentials {
    std::string username;
    std::string password;
    std::optional<std::string> code;  // of the second factor, where the account has one
};
struct Session {
    std::string id;
    std::string access_token;
    Time access_expires_at{};
    std::string refresh_token;
    Time expires_at{};
    User user;
};
struct RefreshRequest {
    std::string refresh_token;
};
// A course key or an access token, as a service got it.
struct IntrospectRequest {
    std::string token;
};
struct Introspection {
    bool active = false;  // the rest is only there where it is
    std::optional<std::string> user_id;
    std::optional<std::int64_t> number;
    std::optional<std::string> username;
    std::optional<std::string> role;
    std::optional<std::vector<std::string>> scopes;
    std::optional<std::string> session_id;
    std::optional<Time> expires_at;
};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::User>();
template <> const StructType& type_of<api::UserPage>();
template <> const StructType& type_of<api::UserQuery>();
template <> const StructType& type_of<api::Credentials>();
template <> const StructType& type_of<api::Session>();
template <> const StructType& type_of<api::RefreshRequest>();
template <> const StructType& type_of<api::IntrospectRequest>();
template <> const StructType& type_of<api::Introspection>();
// clang-format on
}  // namespace shop::schema
