// What shop-picture writes: the same picture in several widths, one behind the other.
//
// For each a line, "<width> <bytes>", and then so many bytes of a JPEG. The width is the one that
// was asked for: a smaller picture is not blown up. What it says with its exit code: 0 done, 65
// (EX_DATAERR) the picture is refused, and everything else that it could not; the reason is one
// line on standard error.
//
// Thread safety: values.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::picture {

inline constexpr int kExitRefused = 65;
inline constexpr int kExitFailed = 70;  // EX_SOFTWARE

// A product's page, a card, and a line of a cart, each at twice the points of a good screen.
inline constexpr std::array kWidths{1200, 600, 240};
// Of one of them. A tall one is at most twice as high as it is wide, so that a good one has a
// tenth.
inline constexpr std::size_t kRenditionBytesMax = 8 * 1024 * 1024;

struct Rendition {
    int width = 0;  // of kWidths
    std::string jpeg;
};

std::string write_renditions(const std::vector<Rendition>& renditions);
// internal where it is not one of each width, in their order, and nothing else.
Result<std::vector<Rendition>> read_renditions(std::string_view text);

}  // namespace shop::picture
