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
};

}  // namespace shop::users

namespace shop::schema {
template <>
const StructType& type_of<users::UserSettings>();
}
