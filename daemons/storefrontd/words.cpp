#include "storefrontd/words.hpp"

#include <fmt/format.h>

#include <chrono>

namespace shop::storefront {
namespace {

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

// Commas between groups of three, before the decimal point.
std::string grouped(std::string digits) {
    const bool negative = digits.starts_with('-');
    auto end = static_cast<std::ptrdiff_t>(std::min(digits.find('.'), digits.size()));
    for (end -= 3; end > (negative ? 1 : 0); end -= 3)
        digits.insert(static_cast<std::size_t>(end), 1, ',');
    return digits;
}

}  // namespace

std::string currency_sign(std::string_view currency) {
    constexpr std::pair<std::string_view, const char*> kSigns[] = {
        {"GBP", "£"}, {"EUR", "€"}, {"USD", "$"}, {"JPY", "¥"}, {"INR", "₹"}};
    for (const auto& [code, sign] : kSigns)
        if (code == currency) return sign;
    return std::string(currency);
}

std::string price_text(const Money& money) {
    const std::string digits = grouped(format_decimal(money));
    const std::string sign = currency_sign(money.currency);
    if (sign == money.currency) return fmt::format("{} {}", digits, sign);
    const bool negative = digits.starts_with('-');
    return fmt::format("{}{}{}", negative ? "-" : "", sign, digits.substr(negative ? 1 : 0));
}

std::string number_text(std::int64_t number) { return grouped(std::to_string(number)); }

std::string date_text(Time time) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
    return fmt::format("{} {} {}", unsigned(day.day()), kMonths[unsigned(day.month()) - 1],
                       int(day.year()));
}

std::string date_time_text(Time time) {
    const auto midnight = std::chrono::floor<std::chrono::days>(time);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time - midnight).count();
    return fmt::format("{}, {:02}:{:02} UTC", date_text(time), minutes / 60, minutes % 60);
}

std::string count_text(std::int64_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", number_text(number), number == 1 ? one : many);
}

std::string error_heading(int status) {
    constexpr int kKnown[] = {400, 403, 404, 405, 413, 429, 500, 503};
    for (const int known : kKnown)
        if (known == status) return "error_" + std::to_string(status);
    return status >= 500 ? "error_500" : "error_400";
}

}  // namespace shop::storefront
