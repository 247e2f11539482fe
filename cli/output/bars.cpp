#include "output/bars.hpp"

#include <algorithm>
#include <cmath>

namespace shop::cli {

std::string bar_text(std::int64_t value, std::int64_t greatest, std::size_t width) {
    if (value <= 0 || greatest <= 0) return {};
    const double part = std::min(1.0, static_cast<double>(value) / static_cast<double>(greatest));
    const auto halves = std::max(1L, std::lround(part * 2.0 * static_cast<double>(width)));
    std::string out;
    for (long i = 0; i < halves / 2; ++i) out += "█";
    if (halves % 2 == 1) out += "▌";
    return out;
}

}  // namespace shop::cli
