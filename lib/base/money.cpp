#include "base/money.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cassert>
#include <iterator>
#include <string>

namespace shop {
namespace {

struct Currency {
    std::string_view code;
    int decimals;
};

// ISO 4217 list one as of 2026, without the codes that have no decimals defined (metals, funds of
// the IMF, tests).
// clang-format off
constexpr Currency kCurrencies[] = {
    {"AED", 2}, {"AFN", 2}, {"ALL", 2}, {"AMD", 2}, {"AOA", 2}, {"ARS", 2},
    {"AUD", 2}, {"AWG", 2}, {"AZN", 2}, {"BAM", 2}, {"BBD", 2}, {"BDT", 2},
    {"BHD", 3}, {"BIF", 0}, {"BMD", 2}, {"BND", 2}, {"BOB", 2}, {"BOV", 2},
    {"BRL", 2}, {"BSD", 2}, {"BTN", 2}, {"BWP", 2}, {"BYN", 2}, {"BZD", 2},
    {"CAD", 2}, {"CDF", 2}, {"CHE", 2}, {"CHF", 2}, {"CHW", 2}, {"CLF", 4},
    {"CLP", 0}, {"CNY", 2}, {"COP", 2}, {"COU", 2}, {"CRC", 2}, {"CUP", 2},
    {"CVE", 2}, {"CZK", 2}, {"DJF", 0}, {"DKK", 2}, {"DOP", 2}, {"DZD", 2},
    {"EGP", 2}, {"ERN", 2}, {"ETB", 2}, {"EUR", 2}, {"FJD", 2}, {"FKP", 2},
    {"GBP", 2}, {"GEL", 2}, {"GHS", 2}, {"GIP", 2}, {"GMD", 2}, {"GNF", 0},
    {"GTQ", 2}, {"GYD", 2}, {"HKD", 2}, {"HNL", 2}, {"HTG", 2}, {"HUF", 2},
    {"IDR", 2}, {"ILS", 2}, {"INR", 2}, {"IQD", 3}, {"IRR", 2}, {"ISK", 0},
    {"JMD", 2}, {"JOD", 3}, {"JPY", 0}, {"KES", 2}, {"KGS", 2}, {"KHR", 2},
    {"KMF", 0}, {"KPW", 2}, {"KRW", 0}, {"KWD", 3}, {"KYD", 2}, {"KZT", 2},
    {"LAK", 2}, {"LBP", 2}, {"LKR", 2}, {"LRD", 2}, {"LSL", 2}, {"LYD", 3},
    {"MAD", 2}, {"MDL", 2}, {"MGA", 2}, {"MKD", 2}, {"MMK", 2}, {"MNT", 2},
    {"MOP", 2}, {"MRU", 2}, {"MUR", 2}, {"MVR", 2}, {"MWK", 2}, {"MXN", 2},
    {"MXV", 2}, {"MYR", 2}, {"MZN", 2}, {"NAD", 2}, {"NGN", 2}, {"NIO", 2},
    {"NOK", 2}, {"NPR", 2}, {"NZD", 2}, {"OMR", 3}, {"PAB", 2}, {"PEN", 2},
    {"PGK", 2}, {"PHP", 2}, {"PKR", 2}, {"PLN", 2}, {"PYG", 0}, {"QAR", 2},
    {"RON", 2}, {"RSD", 2}, {"RUB", 2}, {"RWF", 0}, {"SAR", 2}, {"SBD", 2},
    {"SCR", 2}, {"SDG", 2}, {"SEK", 2}, {"SGD", 2}, {"SHP", 2}, {"SLE", 2},
    {"SOS", 2}, {"SRD", 2}, {"SSP", 2}, {"STN", 2}, {"SVC", 2}, {"SYP", 2},
    {"SZL", 2}, {"THB", 2}, {"TJS", 2}, {"TMT", 2}, {"TND", 3}, {"TOP", 2},
    {"TRY", 2}, {"TTD", 2}, {"TWD", 2}, {"TZS", 2}, {"UAH", 2}, {"UGX", 0},
    {"USD", 2}, {"USN", 2}, {"UYI", 0}, {"UYU", 2}, {"UYW", 4}, {"UZS", 2},
    {"VED", 2}, {"VES", 2}, {"VND", 0}, {"VUV", 0}, {"WST", 2}, {"XAD", 2},
    {"XAF", 0}, {"XCD", 2}, {"XCG", 2}, {"XOF", 0}, {"XPF", 0}, {"YER", 2},
    {"ZAR", 2}, {"ZMW", 2}, {"ZWG", 2},
};
// clang-format on
static_assert(std::ranges::is_sorted(kCurrencies, {}, &Currency::code));

const Currency* find_currency(std::string_view code) {
    const auto* row = std::ranges::lower_bound(kCurrencies, code, {}, &Currency::code);
    return row != std::end(kCurrencies) && row->code == code ? row : nullptr;
}

Failure not_an_amount(std::string_view currency, int decimals) {
    const std::string_view example = decimals == 0 ? "295" : decimals == 3 ? "2.950" : "2.95";
    return fail(Code::invalid_argument,
                fmt::format("is not an amount of {}; write digits with at most {} after the point, "
                            "like {}",
                            currency, decimals, example));
}

Failure too_large() { return fail(Code::invalid_argument, "the amount is too large"); }

}  // namespace

bool is_currency(std::string_view code) { return find_currency(code) != nullptr; }

int currency_decimals(std::string_view code) {
    const Currency* row = find_currency(code);
    assert(row != nullptr);
    return row->decimals;
}

Result<Money> parse_money(std::string_view decimal, std::string_view currency) {
    const Currency* row = find_currency(currency);
    if (row == nullptr) return fail(Code::invalid_argument, "the currency is not one of ISO 4217");
    const bool negative = decimal.starts_with('-');
    if (negative || decimal.starts_with('+')) decimal.remove_prefix(1);
    const auto point = decimal.find('.');
    const std::string_view whole = decimal.substr(0, point);
    std::string fraction;
    if (point != std::string_view::npos) {
        fraction = decimal.substr(point + 1);
        if (fraction.empty()) return not_an_amount(currency, row->decimals);
    }
    const auto decimals = static_cast<std::size_t>(row->decimals);
    while (fraction.size() > decimals && fraction.back() == '0') fraction.pop_back();
    if (whole.empty() || fraction.size() > decimals) return not_an_amount(currency, row->decimals);
    fraction.resize(decimals, '0');

    std::int64_t amount = 0;
    for (const char c : std::string(whole) + fraction) {
        if (c < '0' || c > '9') return not_an_amount(currency, row->decimals);
        const int digit = negative ? '0' - c : c - '0';
        if (__builtin_mul_overflow(amount, 10, &amount) ||
            __builtin_add_overflow(amount, digit, &amount))
            return too_large();
    }
    return Money{amount, std::string(currency)};
}

std::string format_decimal(const Money& money) {
    const auto decimals = static_cast<std::size_t>(currency_decimals(money.currency));
    const bool negative = money.amount < 0;
    const auto bits = static_cast<std::uint64_t>(money.amount);
    std::string digits = std::to_string(negative ? 0 - bits : bits);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - decimals, 1, '.');
    return negative ? "-" + digits : digits;
}

std::string format_money(const Money& money) {
    return format_decimal(money) + ' ' + money.currency;
}

Result<Money> add(const Money& a, const Money& b) {
    if (a.currency != b.currency)
        return fail(
            Code::invalid_argument,
            fmt::format("cannot add {} to {}: the currencies differ", b.currency, a.currency));
    Money sum{0, a.currency};
    if (__builtin_add_overflow(a.amount, b.amount, &sum.amount)) return too_large();
    return sum;
}

Result<Money> multiply(const Money& price, std::int64_t quantity) {
    Money product{0, price.currency};
    if (__builtin_mul_overflow(price.amount, quantity, &product.amount)) return too_large();
    return product;
}

}  // namespace shop
