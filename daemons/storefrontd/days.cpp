#include "storefrontd/days.hpp"

#include <fmt/format.h>

#include "storefrontd/words.hpp"

namespace shop::storefront {

Result<Time> day_start(std::string_view day) {
    constexpr std::size_t kDayBytes = 10;
    if (day.size() != kDayBytes)
        return fail(Code::invalid_argument, "A day is written like 2026-11-28.");
    return parse_time(fmt::format("{}T00:00:00Z", day));
}

std::string short_day(std::string_view day) {
    const auto start = day_start(day);
    if (!start) return std::string(day);
    const std::string text = date_text(*start);  // "28 November 2026"
    constexpr std::size_t kMonthBytes = 3;
    return text.substr(0, text.find(' ') + 1 + kMonthBytes);
}

}  // namespace shop::storefront
