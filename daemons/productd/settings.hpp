// productd's own settings, beside runtime::DaemonSettings.
//
// Thread safety: read once at start.
#pragma once

#include "schema/field.hpp"

namespace shop::products {

struct ProductSettings {
    bool course_open_product_creation = false;
};

}  // namespace shop::products

namespace shop::schema {
template <>
const StructType& type_of<products::ProductSettings>();
}
