// The files of packaging/storefront, embedded at build time (cmake/embed.cmake): name with its
// ending, and its text.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace shop::storefront {

extern const std::span<const std::pair<std::string_view, std::string_view>> kBuiltInTheme;

}  // namespace shop::storefront
