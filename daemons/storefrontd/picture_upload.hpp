// Pictures that staff hand in. What they are made of is for productd to judge; here it is only told
// what they claim to be.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string_view>

namespace shop::storefront {

// "image/jpeg", "image/png", "image/webp" or "image/gif", by how the bytes begin; empty where it is
// none of these.
std::string_view picture_type(std::string_view bytes);

}  // namespace shop::storefront
