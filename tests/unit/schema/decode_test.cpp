#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

#include "sample.hpp"

using namespace shop;
using namespace shop::test;
using Catch::Matchers::Contains;
using schema::Mode;

namespace {

// "/pointer: message" of the only error; the error's count where there is not one.
std::string error_of(std::string_view text, Mode mode = Mode::input) {
    const auto result = schema::decode_text<Sample>(text, mode);
    if (result) return "accepted";
    CHECK(result.error().code == Code::invalid_argument);
    const auto& fields = result.error().fields;
    if (fields.size() != 1) return fmt::format("{} errors", fields.size());
    return fields[0].pointer + ": " + fields[0].message;
}

// The same for a document that is right but for these members.
std::string error_with(std::string_view members) {
    return error_of(fmt::format(R"({{"name":"Bag",{}}})", members));
}

}  // namespace

TEST_CASE("decode: a whole document becomes the struct", "[schema]") {
    const auto sample = schema::decode_text<Sample>(
        R"({"name":"Bag","slug":"bag-1","colour":"green","email":"a@b.example","password":"x",
            "stock":5,"weight":120,"active":false,"launched":"2026-01-02T03:04:05Z",
            "price":{"amount":295,"currency":"GBP"},"main_part":{"sku":"M"},
            "parts":[{"sku":"A","quantity":2},{"sku":"B"}],"tags":["x","y"],"extra":{"k":[1]}})");
    REQUIRE(sample);
    CHECK(sample->name == "Bag");
    CHECK(sample->slug == "bag-1");
    CHECK(sample->colour == "green");
    CHECK(sample->email == "a@b.example");
    CHECK(sample->password == "x");
    CHECK(sample->stock == 5);
    CHECK(sample->weight == 120);
    CHECK_FALSE(sample->active);
    CHECK(sample->launched == parse_time("2026-01-02T03:04:05Z").value());
    CHECK(sample->price == Money{295, "GBP"});
    CHECK(sample->main_part == Part{"M", 1});
    CHECK(sample->parts == std::vector<Part>{{"A", 2}, {"B", 1}});
    CHECK(sample->tags == std::vector<std::string>{"x", "y"});
    CHECK(dump(sample->extra) == R"({"k":[1]})");
}

TEST_CASE("decode: what is left out keeps its default", "[schema]") {
    const auto sample = schema::decode_text<Sample>(R"({"name":"Bag","email":null,"price":null})");
    REQUIRE(sample);
    CHECK(sample->stock == 7);
    CHECK(sample->colour == "red");
    CHECK_FALSE(sample->email);
    CHECK_FALSE(sample->price);
}

TEST_CASE("decode: missing, unknown and read-only fields are named", "[schema]") {
    CHECK(error_of("{}") == "/name: is required");
    CHECK(error_of("[]") == ": must be a JSON object");
    CHECK(error_with(R"("id":"x")") == "/id: is set by the service; leave it out");
    CHECK_THAT(error_with(R"("nam":1)"), Contains("/nam: unknown field; known are: name, slug"));
    CHECK_THAT(error_with(R"("nam":1)"), !Contains("known are: id"));
    CHECK_THAT(error_with(R"("a/b~c":1)"), Contains("/a~1b~0c: unknown field"));
    const std::string long_name(5000, 'n');
    CHECK(error_with("\"" + long_name + "\":1").size() < 400);
}

TEST_CASE("decode: a type is never converted", "[schema]") {
    for (const char* value : {"1.0", "1e2", "true", "\"1\"", "null", "[1]", "{}"})
        CHECK(error_with(fmt::format("\"stock\":{}", value)) == "/stock: must be a whole number");
    for (const char* value : {"1", "0", "\"true\"", "null"})
        CHECK(error_with(fmt::format("\"active\":{}", value)) == "/active: must be true or false");
    for (const char* value : {"1", "true", "null", "{}"})
        CHECK(error_with(fmt::format("\"slug\":{}", value)) == "/slug: must be a string");
    CHECK(error_with(R"("tags":"x")") == "/tags: must be a list");
    CHECK(error_with(R"("tags":["x",1])") == "/tags/1: must be a string");
    CHECK(error_with(R"("price":295)") == "/price: must be a JSON object");
    CHECK_THAT(error_with(R"("launched":5)"), Contains("/launched: must be a string"));
    CHECK_THAT(error_with(R"("launched":"now")"), Contains("/launched: is not a time"));
}

TEST_CASE("decode: an unsigned number that does not fit is refused, not wrapped", "[schema]") {
    const Json json{{"name", "Bag"}, {"weight", std::uint64_t{INT64_MAX} + 1}};
    const auto result = schema::decode<Sample>(json);
    REQUIRE(!result);
    CHECK(result.error().message == "/weight: must be a whole number");
}

TEST_CASE("decode: bounds hold at their edges", "[schema]") {
    CHECK(error_of(R"({"name":"ab"})") == "accepted");
    CHECK(error_of(R"({"name":"éééééééééé"})") == "accepted");
    CHECK(error_of(R"({"name":"a"})") == "/name: must have at least 2 characters, has 1");
    CHECK(error_of(R"({"name":"12345678901"})") ==
          "/name: must have at most 10 characters, has 11");
    CHECK(error_with(R"("stock":0)") == "accepted");
    CHECK(error_with(R"("stock":1000)") == "accepted");
    CHECK(error_with(R"("stock":-1)") == "/stock: must be between 0 and 1000");
    CHECK(error_with(R"("stock":1001)") == "/stock: must be between 0 and 1000");
    CHECK(error_with(R"("weight":-9223372036854775808)") == "accepted");
    CHECK(error_with(R"("tags":["a","b","c"])") == "accepted");
    CHECK(error_with(R"("tags":["a","b","c","d"])") == "/tags: must have at most 3 items, has 4");
    CHECK(error_with(R"("tags":[""])") == "/tags/0: must not be empty");
    CHECK(error_with(R"("parts":[{"sku":""}])") == "/parts/0/sku: must not be empty");
    CHECK(error_with(R"("price":{"amount":-1,"currency":"GBP"})") ==
          "/price/amount: must be between 0 and 100000000000");
}

TEST_CASE("decode: control characters are refused, line breaks and tabs are not", "[schema]") {
    CHECK(error_of(R"({"name":"a\n\tb"})") == "accepted");
    for (const char* text : {"\\u0000", "\\u0001", "\\r", "\\u001b", "\\u007f"})
        CHECK(error_of(fmt::format(R"({{"name":"ab{}"}})", text)) ==
              "/name: must not have control characters");
}

TEST_CASE("decode: one_of lists its values", "[schema]") {
    CHECK(error_with(R"("colour":"blue")") == "/colour: must be one of red, green");
    CHECK(error_with(R"("colour":"")") == "/colour: must be one of red, green");
}

TEST_CASE("decode: nested fields have whole pointers", "[schema]") {
    CHECK(error_with(R"("parts":[{"sku":"A"},{"sku":"B","quantity":0}])") ==
          "/parts/1/quantity: must be between 1 and 100");
    CHECK(error_with(R"("parts":[{"sku":"A"},{}])") == "/parts/1/sku: is required");
    CHECK(error_with(R"("price":{"amount":1})") == "/price/currency: is required");
    CHECK_THAT(error_with(R"("main_part":{"sku":"A","x":1})"), Contains("/main_part/x: unknown"));
}

TEST_CASE("decode: all errors are told, in one message", "[schema]") {
    const auto result =
        schema::decode_text<Sample>(R"({"slug":"A B","stock":-1,"active":1,"x":1})");
    REQUIRE(!result);
    const Error& error = result.error();
    REQUIRE(error.fields.size() == 5);
    CHECK(error.fields[0].pointer == "/slug");
    CHECK(error.fields[4].pointer == "/name");
    CHECK_THAT(error.message, Catch::StartsWith("5 fields are wrong: /slug: must be") &&
                                  Contains("; /stock: must be between") && Catch::EndsWith("; …"));
}

TEST_CASE("decode: the number of errors is bounded", "[schema]") {
    std::string text = R"({"parts":[)";  // and the name is missing as well
    for (int i = 0; i < 30; ++i) text += i == 0 ? "{}" : ",{}";
    const auto result = schema::decode_text<Sample>(text + "]}");
    REQUIRE(!result);
    CHECK(result.error().fields.size() == 20);
    CHECK_THAT(result.error().message, Catch::StartsWith("at least 20 fields are wrong"));
}

TEST_CASE("decode: stored documents may carry more, and are not checked again", "[schema]") {
    const auto sample = schema::decode_text<Sample>(
        R"({"id":"x","name":"a","future":{"deep":1},"stock":5000})", Mode::stored);
    REQUIRE(sample);
    CHECK(sample->id == "x");
    CHECK(sample->name == "a");
    CHECK(sample->stock == 5000);
    CHECK(error_of(R"({"name":1})", Mode::stored) == "/name: must be a string");
    CHECK(error_of("{}", Mode::stored) == "accepted");
}

TEST_CASE("decode_stored: an unreadable document ends the process", "[schema]") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGABRT, SIG_DFL);  // without the test program's own handler
        ::close(STDERR_FILENO);
        schema::decode_stored<Sample>(R"({"name":1})");
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("decode_text: text that is not JSON is refused as such", "[schema]") {
    const auto result = schema::decode_text<Sample>("{");
    REQUIRE(!result);
    CHECK_THAT(result.error().message, Contains("not JSON"));
}

TEST_CASE("decode_pairs: texts become typed fields", "[schema][pairs]") {
    const auto query = schema::decode_pairs<Query>({{"text", "12"},
                                                    {"limit", "20"},
                                                    {"in_stock", "true"},
                                                    {"since", "2026-01-02T03:04:05Z"},
                                                    {"sort", "price"}});
    REQUIRE(query);
    CHECK(query->text == "12");
    CHECK(query->limit == 20);
    CHECK(query->in_stock == true);
    CHECK(query->since == parse_time("2026-01-02T03:04:05Z").value());
    CHECK(query->sort == "price");
    CHECK(schema::decode_pairs<Query>({})->sort == "name");
}

TEST_CASE("decode_pairs: errors carry the bare name", "[schema][pairs]") {
    const auto error = [](const schema::Pairs& pairs) {
        const auto result = schema::decode_pairs<Query>(pairs);
        if (result) return std::string("accepted");
        return result.error().fields.at(0).pointer + ": " + result.error().fields.at(0).message;
    };
    for (const char* text : {"", "1.0", " 1", "0x1", "9223372036854775808"})
        CHECK(error({{"limit", text}}) == "limit: must be a whole number");
    CHECK(error({{"limit", "201"}}) == "limit: must be between 1 and 200");
    CHECK(error({{"in_stock", "1"}}) == "in_stock: must be true or false");
    CHECK(error({{"sort", "x"}}) == "sort: must be one of name, price");
    CHECK(error({{"text", "a"}, {"text", "a"}}) == "text: is given twice");
    CHECK(error({{"text", "\xFF"}}) == "text: must be UTF-8");
    CHECK_THAT(error({{"a/b", ""}}), Contains("a/b: unknown field; known are: text, limit"));
    const auto many = schema::decode_pairs<Query>(schema::Pairs(100'000, {"x", ""}));
    REQUIRE(!many);
    CHECK_THAT(many.error().message, Contains("over 256 fields"));
}
