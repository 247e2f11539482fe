#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "sample.hpp"

using namespace shop;
using namespace shop::test;
using schema::Mode;

namespace {

Sample full_sample() {
    Sample sample;
    sample.id = "x_1";
    sample.name = "A \"quoted\" €\n";
    sample.password = "secret";
    sample.weight = -3;
    sample.launched = parse_time("2026-01-02T03:04:05.006Z").value();
    sample.price = Money{295, "GBP"};
    sample.parts = {{"A", 1}, {"B", 2}};
    sample.tags = {"x"};
    sample.extra = Json{{"k", nullptr}};
    return sample;
}

rc::Gen<std::string> any_text() {
    return rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
}

Sample any_sample() {
    Sample sample;
    sample.id = *any_text();
    sample.name = *any_text();
    if (*rc::gen::arbitrary<bool>()) sample.email = *any_text();
    sample.stock = *rc::gen::arbitrary<std::int64_t>();
    if (*rc::gen::arbitrary<bool>()) sample.weight = *rc::gen::arbitrary<std::int64_t>();
    sample.active = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>())
        sample.launched = Time(Millis(*rc::gen::inRange<std::int64_t>(0, 250'000'000'000'000)));
    if (*rc::gen::arbitrary<bool>())
        sample.price = Money{*rc::gen::arbitrary<std::int64_t>(), *any_text()};
    const auto count = *rc::gen::inRange<std::size_t>(0, 5);
    for (std::size_t i = 0; i < count; ++i)
        sample.parts.push_back({*any_text(), *rc::gen::arbitrary<std::int64_t>()});
    sample.tags = *rc::gen::container<std::vector<std::string>>(any_text());
    if (*rc::gen::arbitrary<bool>()) sample.extra = Json{{*any_text(), Json::array({1, "é", 0.5})}};
    return sample;
}

}  // namespace

TEST_CASE("encode: the table's order, without empty optionals and secrets", "[schema]") {
    CHECK(schema::encode_text(full_sample()) ==
          R"({"id":"x_1","name":"A \"quoted\" €\n","slug":"","colour":"red","stock":7,"weight":-3,)"
          R"("active":true,"launched":"2026-01-02T03:04:05.006Z",)"
          R"("price":{"amount":295,"currency":"GBP"},"main_part":{"sku":"p-1","quantity":1},)"
          R"("parts":[{"sku":"A","quantity":1},{"sku":"B","quantity":2}],"tags":["x"],)"
          R"("extra":{"k":null}})");
}

TEST_CASE("encode: text that is not UTF-8 never makes bad JSON", "[schema]") {
    CHECK(schema::encode_text(Part{"a\xFF", 1}) == "{\"sku\":\"a\xEF\xBF\xBD\",\"quantity\":1}");
}

TEST_CASE("encode: a struct without anything to say is an empty object", "[schema]") {
    struct Quiet {
        std::optional<bool> maybe;
    };
    const schema::StructType type{"Quiet", "", {schema::field<&Quiet::maybe>("maybe", "")}};
    const Quiet quiet;
    CHECK(schema::encode_text_from(type, &quiet) == "{}");
    CHECK(dump(schema::encode_from(type, &quiet)) == "{}");
}

TEST_CASE("codec: any struct survives encode and decode, both ways of encoding", "[schema]") {
    rc::prop("decode(encode(s)) == s", [] {
        const Sample sample = any_sample();
        const std::string text = schema::encode_text(sample);
        RC_ASSERT(text == dump(schema::encode(sample)));
        RC_ASSERT(schema::decode_stored<Sample>(text) == sample);
        const auto read = schema::decode_text<Sample>(text, Mode::stored);
        RC_ASSERT(read.has_value());
    });
}
