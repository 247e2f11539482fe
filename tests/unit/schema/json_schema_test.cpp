#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "sample.hpp"

using namespace shop;
using namespace shop::test;

namespace {

std::string property(const std::string& name) {
    return dump(schema::json_schema(schema::type_of<Sample>())["properties"][name]);
}

}  // namespace

TEST_CASE("json_schema: a field's row is told in full", "[schema][json-schema]") {
    CHECK(property("id") == R"({"type":"string","format":"id","minLength":1,"maxLength":1000,)"
                            R"("description":"The id.","readOnly":true})");
    CHECK(property("name") == R"({"type":"string","minLength":2,"maxLength":10,)"
                              R"("description":"The name.","examples":["Bag"]})");
    CHECK(property("colour") == R"({"type":"string","maxLength":1000,"enum":["red","green"],)"
                                R"("description":"The colour."})");
    CHECK(property("password") == R"({"type":"string","maxLength":1000,)"
                                  R"("description":"A secret.","writeOnly":true})");
    CHECK(property("stock") == R"({"type":"integer","format":"int64","minimum":0,"maximum":1000,)"
                               R"("description":"Pieces."})");
    CHECK(property("weight") == R"({"type":"integer","format":"int64","description":"Grams."})");
    CHECK(property("active") == R"({"type":"boolean","description":"Whether it is sold."})");
    CHECK(property("launched") ==
          R"({"type":"string","format":"date-time","description":"Since when."})");
    CHECK(property("price") == R"({"$ref":"#/components/schemas/Money","description":"For one."})");
    CHECK(property("parts") == R"({"type":"array","items":{"$ref":"#/components/schemas/Part"},)"
                               R"("maxItems":30,"description":"Its parts."})");
    CHECK(property("tags") ==
          R"({"type":"array","items":{"type":"string","minLength":1,"maxLength":1000},)"
          R"("maxItems":3,"description":"Words."})");
    CHECK(property("extra") == R"({"description":"Anything."})");
}

TEST_CASE("json_schema: required fields are listed, optional ones are not",
          "[schema][json-schema]") {
    const Json sample = schema::json_schema(schema::type_of<Sample>());
    CHECK(sample["type"] == "object");
    CHECK(sample["description"] == "One of everything.");
    CHECK(dump(sample["required"]) == R"(["id","name"])");
    CHECK(dump(schema::json_schema(schema::type_of<Money>())["required"]) ==
          R"(["amount","currency"])");
    CHECK_FALSE(schema::json_schema(schema::type_of<Query>()).contains("required"));
}
