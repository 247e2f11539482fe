#include "storefrontd/settings.hpp"

namespace shop::schema {

template <>
const StructType& type_of<storefront::StorefrontSettings>() {
    using T = storefront::StorefrontSettings;
    static const StructType type{
        "StorefrontSettings",
        "What storefrontd alone has.",
        {
            field<&T::orders_url>("orders_url",
                                  "Where orderd is; empty: 127.0.0.1 and the usual port.",
                                  Length{0, 300}),
            field<&T::theme_dir>("theme_dir",
                                 "Folder with one's own templates, texts and colours; those that "
                                 "are not there, and all where it is empty, are built in.",
                                 Length{0, 4000}),
            field<&T::pages_mib_max>("pages_mib_max", "Memory of catalogue pages that are kept.",
                                     Range{1, 1024}),
            field<&T::deployment_file>("deployment_file",
                                       "File in which deployments say what they did last, for the "
                                       "back office.",
                                       Length{0, 4000}),
        }};
    return type;
}

}  // namespace shop::schema
