// Money: a whole number of minor units (pence, cents) and an ISO 4217 currency. Never a
// floating-point number.
//
// Thread safety: values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop {

struct Money {
    std::int64_t amount = 0;       // minor units
    std::string currency = "GBP";  // ISO 4217 alphabetic code; is_currency() holds
    bool operator==(const Money&) const = default;
};

// Whether the code is an active one of ISO 4217 with a defined number of decimals.
bool is_currency(std::string_view code);
// Digits after the decimal point: 2 for GBP, 0 for JPY, 3 for KWD. The code must be a currency.
int currency_decimals(std::string_view code);

// "2.95" -> 295. Digits with an optional sign and at most the currency's decimals after one point;
// trailing zeros beyond them are fine ("2.950"), other digits beyond them are invalid_argument:
// money is never rounded silently.
Result<Money> parse_money(std::string_view decimal, std::string_view currency);
// 295 GBP -> "2.95".
std::string format_decimal(const Money& money);
// 295 GBP -> "2.95 GBP".
std::string format_money(const Money& money);

// Checked arithmetic: overflow and mixed currencies are invalid_argument.
Result<Money> add(const Money& a, const Money& b);
Result<Money> multiply(const Money& price, std::int64_t quantity);

}  // namespace shop
