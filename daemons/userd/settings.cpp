#include "userd/settings.hpp"

namespace shop::schema {

template <>
const StructType& type_of<users::UserSettings>() {
    using T = users::UserSettings;
    static const StructType type{
        "UserSettings",
        "What userd alone has.",
        {
            field<&T::first_admin_file>(
                "first_admin_file",
                "File (mode 0600) with username:password of an administrator to "
                "make where there is none.",
                Length{0, 4000}),
            field<&T::password_memory_mib>("password_memory_mib",
                                           "Memory of one argon2id hash, in MiB.", Range{8, 1024}),
            field<&T::password_passes>("password_passes", "Passes of one argon2id hash.",
                                       Range{1, 10}),
            field<&T::session_days>("session_days", "How long a sign-in lasts.", Range{1, 365}),
        }};
    return type;
}

}  // namespace shop::schema
