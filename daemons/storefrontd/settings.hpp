// storefrontd's own settings, beside runtime::DaemonSettings.
//
// Thread safety: read once at start.
#pragma once

#include <cstdint>
#include <string>

#include "schema/field.hpp"

namespace shop::storefront {

struct StorefrontSettings {
    std::string orders_url;  // where orderd is; empty: 127.0.0.1 and the usual port
    std::string theme_dir;   // the owner's templates, texts and colours; empty: the built-in ones
    std::int64_t pages_mib_max = 4;  // of pages that are kept
    std::string deployment_file;     // what the last deployment says of itself; empty: nothing
};

}  // namespace shop::storefront

namespace shop::schema {
template <>
const StructType& type_of<storefront::StorefrontSettings>();
}
