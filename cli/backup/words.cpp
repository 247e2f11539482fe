#include "backup/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shop::cli {

std::string size_text(std::int64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " B";
    double value = static_cast<double>(bytes);
    const char* unit = "";
    for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
        if (value < 1024) break;
        value /= 1024;
        unit = next;
    }
    return fmt::format("{:.1f} {}", value, unit);
}

std::string age_text(std::chrono::milliseconds age) {
    using namespace std::chrono;
    const auto seconds =
        std::max<std::int64_t>(0, duration_cast<std::chrono::seconds>(age).count());
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
    if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86400) + " days";
}

}  // namespace shop::cli
