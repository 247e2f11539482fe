// userd's own settings, beside runtime::DaemonSettings.
//
// Thread safety: read once at start.
#pragma once

#include <cstdint>
#include <string>

#include "schema/field.hpp"

namespace shop::users {

struct UserSettings {
    std::string first_admin_file;
    std::int64_t password_memory_mib = 64;
    std::int64_t password_passes = 2;
    std::int64_t session_days = 30;
    std::int64_t signing_key_days = 90;
    bool second_factor_staff = false;
    std::string mail_url;  // of the server; empty: mails are files in mail_dir
    std::string mail_user;
    std::string mail_password_file;  // mode 0600
    std::string mail_ca_file;        // empty: the system's authorities
    std::string mail_from = "shop@localhost";
    std::string mail_dir;            // empty: <data_dir>/mail
    std::string mail_templates_dir;  // empty: the built-in ones
    std::string public_url;          // of links in mails; empty: they say what to type
    std::string shop_name = "shop";
};

}  // namespace shop::users

namespace shop::schema {
template <>
const StructType& type_of<users::UserSettings>();
}
