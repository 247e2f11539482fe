// The pages of prose, embedded at build time (cmake/embed.cmake): file name without ".md", and its
// text.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace shop::cli {

extern const std::span<const std::pair<std::string_view, std::string_view>> kProse;

}  // namespace shop::cli
