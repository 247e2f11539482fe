#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "sample.hpp"

using namespace shop;
using namespace shop::test;

namespace {

Sample current() {
    Sample sample;
    sample.id = "x_1";
    sample.name = "Bag";
    sample.email = "a@b.example";
    sample.password = "secret";
    sample.stock = 1;
    sample.price = Money{295, "GBP"};
    sample.parts = {{"A", 1}, {"B", 2}};
    sample.tags = {"x", "y"};
    return sample;
}

Sample patched(std::string_view patch) {
    const auto result = schema::merge_patch(current(), patch);
    REQUIRE(result);
    return *result;
}

std::string patch_error(std::string_view patch) {
    const auto result = schema::merge_patch(current(), patch);
    return result ? "accepted" : result.error().message;
}

}  // namespace

TEST_CASE("merge_patch: what it does not name stays", "[schema][patch]") {
    CHECK(patched("{}") == current());
    Sample expected = current();
    expected.name = "Box";
    CHECK(patched(R"({"name":"Box"})") == expected);
}

TEST_CASE("merge_patch: null takes a field back to what a new one has", "[schema][patch]") {
    const Sample sample = patched(R"({"email":null,"price":null,"stock":null,"tags":null})");
    CHECK_FALSE(sample.email);
    CHECK_FALSE(sample.price);
    CHECK(sample.stock == 7);
    CHECK(sample.tags.empty());
    CHECK(sample.parts == current().parts);
    CHECK(patch_error(R"({"name":null})") == "/name: is required and cannot be removed");
}

TEST_CASE("merge_patch: objects are merged, lists replaced", "[schema][patch]") {
    CHECK(patched(R"({"price":{"amount":5}})").price == Money{5, "GBP"});
    CHECK(patched(R"({"main_part":{"quantity":9}})").main_part == Part{"p-1", 9});
    CHECK(patched(R"({"main_part":{"quantity":null}})").main_part == Part{"p-1", 1});
    CHECK(patched(R"({"parts":[{"sku":"C"}]})").parts == std::vector<Part>{{"C", 1}});
    CHECK(patch_error(R"({"parts":[{"quantity":2}]})") == "/parts/0/sku: is required");
    CHECK(patch_error(R"({"price":{"currency":null}})") ==
          "/price/currency: is required and cannot be removed");
}

TEST_CASE("merge_patch: an object that was not there must be whole", "[schema][patch]") {
    Sample sample = current();
    sample.price.reset();
    CHECK(schema::merge_patch(sample, R"({"price":{"amount":5,"currency":"EUR"}})")->price ==
          Money{5, "EUR"});
    const auto part = schema::merge_patch(sample, R"({"price":{"amount":5}})");
    REQUIRE(!part);
    CHECK(part.error().message == "/price/currency: is required");
}

TEST_CASE("merge_patch: what it sets is checked like input", "[schema][patch]") {
    CHECK(patch_error(R"({"id":"y"})") == "/id: is set by the service; leave it out");
    CHECK(patch_error(R"({"stock":-1})") == "/stock: must be between 0 and 1000");
    CHECK(patch_error(R"({"price":{"amount":-1}})") ==
          "/price/amount: must be between 0 and 100000000000");
    CHECK(patch_error(R"({"price":5})") == "/price: must be a JSON object");
    CHECK_THAT(patch_error(R"({"nme":1})"), Catch::StartsWith("/nme: unknown field"));
    CHECK_THAT(patch_error(R"({"stock":-1,"nme":1})"), Catch::StartsWith("2 fields are wrong"));
    for (const char* patch : {"[]", "null", "5"})
        CHECK(patch_error(patch) == "must be a JSON object");
    CHECK_THAT(patch_error("{"), Catch::Contains("not JSON"));
}
