#include "base/time.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

using namespace shop;

namespace {

std::string normal(std::string_view text) {
    const auto time = parse_time(text);
    return time ? format_time(*time) : "refused";
}

}  // namespace

TEST_CASE("time: written in UTC with milliseconds", "[base][time]") {
    CHECK(format_time(Time(Millis(0))) == "1970-01-01T00:00:00.000Z");
    CHECK(format_time(Time(Millis(1'795'517'788'123))) == "2026-11-24T10:56:28.123Z");
}

TEST_CASE("parse_time: RFC 3339 with Z or an offset", "[base][time]") {
    CHECK(normal("2026-11-24T10:56:28Z") == "2026-11-24T10:56:28.000Z");
    CHECK(normal("2026-11-24t10:56:28.5z") == "2026-11-24T10:56:28.500Z");
    CHECK(normal("2026-11-24T10:56:28.123999999Z") == "2026-11-24T10:56:28.123Z");
    CHECK(normal("2026-11-24T00:30:00+01:00") == "2026-11-23T23:30:00.000Z");
    CHECK(normal("2026-12-31T23:30:00-01:30") == "2027-01-01T01:00:00.000Z");
    CHECK(normal("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
    CHECK(normal("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("parse_time: anything else is refused", "[base][time]") {
    for (const char* text :
         {"", "2026-11-24", "2026-11-24T10:56:28", "2026-11-24 10:56:28Z", "2026-13-01T00:00:00Z",
          "2025-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T10:60:00Z",
          "2026-11-24T10:56:60Z", "2026-11-24T10:56:28.Z", "2026-11-24T10:56:28.1234567890Z",
          "2026-11-24T10:56:28Z ", "2026-11-24T10:56:28+1:00", "1969-12-31T23:59:59Z",
          "1970-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "+026-11-24T10:56:28Z"})
        CHECK(normal(text) == "refused");
}

TEST_CASE("time: any moment survives format and parse", "[base][time]") {
    rc::prop("parse(format(t)) == t", [] {
        const auto millis = *rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000);
        const Time time{Millis(millis)};
        RC_ASSERT(parse_time(format_time(time)) == time);
    });
}

TEST_CASE("clocks: the manual one moves by hand", "[base][time]") {
    ManualClock clock(Time(Millis(5)));
    clock.advance(Millis(10));
    CHECK(clock.now() == Time(Millis(15)));
    CHECK(system_clock().now() > parse_time("2020-01-01T00:00:00Z").value());
}
