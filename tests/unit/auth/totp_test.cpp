#include "auth/totp.hpp"

#include <catch2/catch.hpp>

#include "base/text.hpp"

using namespace shop;
using namespace shop::auth;

namespace {

// "12345678901234567890", the secret of RFC 6238's appendix B.
const std::string kSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

}  // namespace

TEST_CASE("totp: the vectors of RFC 6238, by their last six digits") {
    const std::pair<std::int64_t, std::string> rows[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [seconds, code] : rows) {
        INFO(seconds);
        CHECK(totp_code(kSecret, totp_step(at(seconds))) == code);
        CHECK(find_totp_step(kSecret, code, at(seconds), 0) == seconds / 30);
    }
}

TEST_CASE("totp: a code holds in its step and one to each side") {
    const std::string code = totp_code(kSecret, 1000);
    CHECK_FALSE(find_totp_step(kSecret, code, at(999 * 30 - 1), 0));
    CHECK(find_totp_step(kSecret, code, at(999 * 30), 0) == 1000);
    CHECK(find_totp_step(kSecret, code, at(1000 * 30), 0) == 1000);
    CHECK(find_totp_step(kSecret, code, at(1001 * 30 + 29), 0) == 1000);
    CHECK_FALSE(find_totp_step(kSecret, code, at(1002 * 30), 0));
}

TEST_CASE("totp: a step that was used is over, and all before it") {
    const Time now = at(1000 * 30);
    CHECK_FALSE(find_totp_step(kSecret, totp_code(kSecret, 1000), now, 1000));
    CHECK_FALSE(find_totp_step(kSecret, totp_code(kSecret, 999), now, 1000));
    CHECK(find_totp_step(kSecret, totp_code(kSecret, 1001), now, 1000) == 1001);
}

TEST_CASE("totp: what is no code of six digits is none") {
    const Time now = at(59);
    for (const char* code : {"", "28708", "2870820", "287083", "28708a", "      "})
        CHECK_FALSE(find_totp_step(kSecret, code, now, 0));
    CHECK_FALSE(find_totp_step("not base32!", "287082", now, 0));
    CHECK_FALSE(find_totp_step("", "", now, 0));
}

TEST_CASE("totp: each secret is new, has 160 bits, and stands in the app's address") {
    const std::string one = new_totp_secret();
    CHECK(one.size() == 32);
    CHECK(one != new_totp_secret());
    CHECK(totp_code(one, 1).size() == 6);
    CHECK(totp_uri(one, "shop", "ada:king") ==
          "otpauth://totp/shop:ada%3Aking?secret=" + one +
              "&issuer=shop&algorithm=SHA1&digits=6&period=30");
}
