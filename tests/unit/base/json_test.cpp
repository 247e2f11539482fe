#include "base/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/limits.hpp"

using namespace shop;
using Catch::Matchers::Contains;

namespace {

std::string refusal(std::string_view text) {
    const auto result = parse_json(text);
    if (result) return "accepted";
    CHECK(result.error().code == Code::invalid_argument);
    return result.error().message;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string object_of(std::size_t members) {
    std::string text = "{";
    for (std::size_t i = 0; i < members; ++i) text += fmt::format("\"k{}\":{},", i, i);
    text.back() = '}';
    return text;
}

}  // namespace

TEST_CASE("parse_json: a document is read with its members in order", "[base][json]") {
    const std::string text =
        R"({"z":1,"a":[true,false,null,{"n":-5}],"text":"é\"\\","half":0.5,"empty":{},"none":[]})";
    const auto json = parse_json(" \n" + text + "\t ");
    REQUIRE(json);
    CHECK(dump(*json) == text);
    CHECK(parse_json("0")->is_number_integer());
    CHECK(parse_json("\"\"")->is_string());
}

TEST_CASE("parse_json: what is not one JSON value is refused with its byte", "[base][json]") {
    CHECK_THAT(refusal(""), Contains("at byte 0") && Contains("unexpected end of input"));
    CHECK_THAT(refusal("{\"a\":1"), Contains("at byte 6"));
    for (const char* text : {"{} {}", "{'a':1}", "[1,]", "{\"a\":1,}", "[01]", "NaN", "[1 2]", "+1",
                             "/* */1", "\"a\nb\"", "\"\\x\"", "tru", "\xEF\xBB\xBF{}"})
        CHECK_THAT(refusal(text), Contains("not JSON, at byte"));
    CHECK_THAT(refusal(std::string_view("{}\0{}", 5)), Contains("zero byte"));
}

TEST_CASE("parse_json: the message does not repeat the input", "[base][json]") {
    const std::string long_string = "\"" + std::string(5000, 'x') + "\n\"";
    CHECK(refusal(long_string).size() < 200);
}

TEST_CASE("parse_json: a duplicate key is refused by name", "[base][json]") {
    CHECK_THAT(refusal(R"({"a":1,"b":2,"a":3})"), Contains("\"a\" stands twice"));
    CHECK_THAT(refusal(R"({"a":1,"\u0061":3})"), Contains("\"a\" stands twice"));
    CHECK(parse_json(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST_CASE("parse_json: text that is not UTF-8 is refused", "[base][json]") {
    for (const char* text : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\\ud800\"",
                             "\"\xF4\x90\x80\x80\"", "{\"\xE9\":1}"})
        CHECK(refusal(text) != "accepted");
}

TEST_CASE("parse_json: depth is bounded", "[base][json]") {
    CHECK(parse_json(nested(limits::kJsonDepthMax)));
    CHECK_THAT(refusal(nested(limits::kJsonDepthMax + 1)), Contains("nested deeper than"));
    CHECK_THAT(refusal(std::string(200'000, '[')), Contains("at byte 33"));
}

TEST_CASE("parse_json: the members of one object are bounded", "[base][json]") {
    CHECK(parse_json(object_of(limits::kJsonMembersMax))->size() == limits::kJsonMembersMax);
    CHECK_THAT(refusal(object_of(limits::kJsonMembersMax + 1)), Contains("members"));
}

TEST_CASE("parse_json: no number changes its value", "[base][json]") {
    CHECK(parse_json("9223372036854775807")->get<std::int64_t>() == INT64_MAX);
    CHECK(parse_json("-9223372036854775808")->get<std::int64_t>() == INT64_MIN);
    for (const char* text : {"9223372036854775808", "18446744073709551615", "-9223372036854775809",
                             "18446744073709551616", "1e999"})
        CHECK_THAT(refusal(text), Contains("out of range"));
    CHECK(parse_json("1.0")->is_number_float());
    CHECK(parse_json("1e3")->is_number_float());
}

TEST_CASE("dump: text that is not UTF-8 is replaced, never thrown", "[base][json]") {
    CHECK(dump(Json("a\xFF")) == "\"a\xEF\xBF\xBD\"");
}
