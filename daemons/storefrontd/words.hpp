// What people read: money, times and numbers as they are said in the shop.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.hpp"
#include "base/time.hpp"

namespace shop::storefront {

// 123456 GBP -> "£1,234.56"; currencies without a sign of their own: "1,234.56 CHF".
std::string price_text(const Money& money);
// "£", or "CHF" where the currency has no sign.
std::string currency_sign(std::string_view currency);
// 1234567 -> "1,234,567".
std::string number_text(std::int64_t number);
std::string date_text(Time time);       // "28 November 2026"
std::string date_time_text(Time time);  // "28 November 2026, 20:15 UTC"
// "1 piece", "2 pieces".
std::string count_text(std::int64_t number, std::string_view one, std::string_view many);
// Name of the text that heads the error page of a status: "error_404", or "error_500" and
// "error_400" for those that have none.
std::string error_heading(int status);

}  // namespace shop::storefront
