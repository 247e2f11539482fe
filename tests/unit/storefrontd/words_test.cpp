// What people read: money, numbers, times, programs, errors.
#include "storefrontd/words.hpp"

#include <catch2/catch.hpp>

#include "storefrontd/forms.hpp"
#include "storefrontd/user_agent.hpp"

using namespace shop;
using namespace shop::storefront;

TEST_CASE("words: money has its sign, groups of three, and as many decimals as its currency") {
    CHECK(price_text({0, "GBP"}) == "£0.00");
    CHECK(price_text({123456, "GBP"}) == "£1,234.56");
    CHECK(price_text({100000, "EUR"}) == "€1,000.00");
    CHECK(price_text({99999, "USD"}) == "$999.99");
    CHECK(price_text({-123456789, "GBP"}) == "-£1,234,567.89");
    CHECK(price_text({1234567, "JPY"}) == "¥1,234,567");
    CHECK(price_text({123456, "CHF"}) == "1,234.56 CHF");
    CHECK(currency_sign("CHF") == "CHF");
}

TEST_CASE("words: numbers have a comma between groups of three, and nouns fit them") {
    CHECK(number_text(0) == "0");
    CHECK(number_text(999) == "999");
    CHECK(number_text(1000) == "1,000");
    CHECK(number_text(-1000) == "-1,000");
    CHECK(number_text(-100) == "-100");
    CHECK(number_text(1234567) == "1,234,567");
    CHECK(count_text(1, "piece", "pieces") == "1 piece");
    CHECK(count_text(0, "piece", "pieces") == "0 pieces");
    CHECK(count_text(2000, "piece", "pieces") == "2,000 pieces");
}

TEST_CASE("words: times are days and minutes of UTC") {
    const auto time = parse_time("2026-11-08T09:05:59.999Z");
    REQUIRE(time);
    CHECK(date_text(*time) == "8 November 2026");
    CHECK(date_time_text(*time) == "8 November 2026, 09:05 UTC");
}

TEST_CASE("words: each status has a heading, its own or its kind's") {
    CHECK(error_heading(404) == "error_404");
    CHECK(error_heading(409) == "error_400");
    CHECK(error_heading(503) == "error_503");
    CHECK(error_heading(507) == "error_500");
}

TEST_CASE("words: what a service says of a field becomes a sentence") {
    CHECK(sentence("must be a number") == "This must be a number.");
    CHECK(sentence("is required") == "This is required.");
    CHECK(sentence("must be 1", "The number") == "The number must be 1.");
    CHECK(sentence("only 3 left", "The number") == "Only 3 left.");
    CHECK(sentence("only 3 of Red Cup available") == "Only 3 of Red Cup available.");
    CHECK(sentence("Wait 5 s and try again.") == "Wait 5 s and try again.");
    CHECK(sentence("issued twice") == "Issued twice.");
    CHECK(sentence("  ") == "");
    CHECK(sentence("é") == "é.");
}

TEST_CASE("words: a User-Agent is told as a program and its system") {
    CHECK(program_of("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0") ==
          "Firefox on Linux");
    CHECK(program_of("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like "
                     "Gecko) Chrome/120.0 Mobile Safari/537.36") == "Chrome on Android");
    CHECK(program_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
                     "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1") ==
          "Safari on iPhone");
    CHECK(program_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                     "Gecko) Chrome/120.0 Safari/537.36 Edg/120.0") == "Edge on Windows");
    CHECK(program_of("shopctl/1.0") == "shopctl");
    CHECK(program_of("curl/7.88.1") == "curl");
    CHECK(program_of("") == "An unknown program");
    CHECK(program_of("   ") == "An unknown program");
    CHECK(program_of(std::string(500, 'x')).size() < 50);
}
