#include "productd/settings.hpp"

namespace shop::schema {

template <>
const StructType& type_of<products::ProductSettings>() {
    using products::ProductSettings;
    static const StructType type{
        "ProductSettings",
        "Settings of productd alone.",
        {field<&ProductSettings::course_open_product_creation>(
            "course_open_product_creation",
            "Let programs on this machine create products through the course's API without an "
            "administrator's key.")}};
    return type;
}

}  // namespace shop::schema
