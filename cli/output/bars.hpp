// Bars of a chart in text.
//
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace shop::cli {

// As long as `value` is of `greatest`, which has `width` cells; to half a cell, and what is more
// than nothing is seen. Empty where there is nothing to compare.
std::string bar_text(std::int64_t value, std::int64_t greatest, std::size_t width);

}  // namespace shop::cli
