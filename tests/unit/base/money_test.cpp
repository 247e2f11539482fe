#include "base/money.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <cstdint>

using namespace shop;

namespace {

std::int64_t amount_of(std::string_view text, std::string_view currency) {
    const auto money = parse_money(text, currency);
    REQUIRE(money);
    CHECK(money->currency == currency);
    return money->amount;
}

}  // namespace

TEST_CASE("currencies: active codes with their decimals, nothing else", "[base][money]") {
    CHECK(currency_decimals("GBP") == 2);
    CHECK(currency_decimals("JPY") == 0);
    CHECK(currency_decimals("KWD") == 3);
    CHECK(currency_decimals("CLF") == 4);
    CHECK(is_currency("AED"));
    CHECK(is_currency("ZWG"));
    for (const char* code : {"", "gbp", "XXX", "XAU", "DEM", "GBPX", "ZZZ"})
        CHECK_FALSE(is_currency(code));
}

TEST_CASE("parse_money: decimals become minor units", "[base][money]") {
    CHECK(amount_of("2.95", "GBP") == 295);
    CHECK(amount_of("2.9", "GBP") == 290);
    CHECK(amount_of("2", "GBP") == 200);
    CHECK(amount_of("2.9500", "GBP") == 295);
    CHECK(amount_of("-0.05", "GBP") == -5);
    CHECK(amount_of("+1.10", "GBP") == 110);
    CHECK(amount_of("007", "JPY") == 7);
    CHECK(amount_of("7.00", "JPY") == 7);
    CHECK(amount_of("1.234", "KWD") == 1234);
}

TEST_CASE("parse_money: nothing is rounded or guessed", "[base][money]") {
    for (const char* text : {"", ".", "-", "1.", ".5", "2.955", "1,000", "1e3", " 1", "1 ", "--1",
                             "1.2.3", "£1", "0x10", "92233720368547758.08", "1.+5", "1.-0"})
        CHECK_FALSE(parse_money(text, "GBP"));
    CHECK_FALSE(parse_money("1.5", "JPY"));
    CHECK_FALSE(parse_money("1", "XXX"));
}

TEST_CASE("format_decimal: as many decimals as the currency has", "[base][money]") {
    CHECK(format_decimal({295, "GBP"}) == "2.95");
    CHECK(format_decimal({5, "GBP"}) == "0.05");
    CHECK(format_decimal({-5, "GBP"}) == "-0.05");
    CHECK(format_decimal({0, "KWD"}) == "0.000");
    CHECK(format_decimal({295, "JPY"}) == "295");
    CHECK(format_decimal({INT64_MIN, "GBP"}) == "-92233720368547758.08");
    CHECK(format_money({295, "GBP"}) == "2.95 GBP");
}

TEST_CASE("money: any amount survives format and parse", "[base][money]") {
    rc::prop("parse(format(m)) == m", [](std::int64_t amount) {
        const std::string currency =
            *rc::gen::elementOf(std::vector<std::string>{"GBP", "JPY", "KWD", "CLF"});
        const Money money{amount, currency};
        const auto read = parse_money(format_decimal(money), currency);
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == money);
    });
    for (const std::int64_t edge : {INT64_MIN, INT64_MAX})
        CHECK(parse_money(format_decimal({edge, "GBP"}), "GBP") == Money{edge, "GBP"});
}

TEST_CASE("arithmetic: overflow and mixed currencies are refused", "[base][money]") {
    CHECK(add({1, "GBP"}, {2, "GBP"}) == Money{3, "GBP"});
    CHECK_FALSE(add({1, "GBP"}, {2, "EUR"}));
    CHECK_FALSE(add({INT64_MAX, "GBP"}, {1, "GBP"}));
    CHECK(multiply({295, "GBP"}, 3) == Money{885, "GBP"});
    CHECK_FALSE(multiply({INT64_MAX / 2, "GBP"}, 3));
}
