// The built-in templates of packaging/mail, embedded at build time (cmake/embed.cmake): file name
// without ".txt", and its text.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace shop::users {

extern const std::span<const std::pair<std::string_view, std::string_view>> kBuiltInLetters;

}  // namespace shop::users
