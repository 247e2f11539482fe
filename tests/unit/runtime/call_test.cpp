#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

namespace {

http::Response change(Notes& shop, const Fields& if_match) {
    Fields fields = if_match;
    fields.emplace_back("authorization", shop.bearer("customer"));
    fields.emplace_back("content-type", "application/json");
    return shop.send("PATCH", "/v1/notes/n1", fields, "{}");
}

}  // namespace

TEST_CASE("if_match: the version of an ETag as it was read, or any", "[runtime]") {
    Notes shop;
    const auto version = [&](const std::string& etag) {
        const auto answer = change(shop, {{"if-match", etag}});
        INFO(etag);
        CHECK(answer.status == 200);
        return json_of(answer).value("version", std::int64_t{-1});
    };
    CHECK(version("\"7\"") == 7);
    CHECK(version("\"7.12\"") == 7);
    CHECK(version("*") == 0);
}

TEST_CASE("if_match: without the field 428, and what is no single strong ETag 400", "[runtime]") {
    Notes shop;
    const auto missing = change(shop, {});
    CHECK(missing.status == 428);
    CHECK(problem_of(missing) == "precondition_required");
    for (const std::string bad :
         {"7", "W/\"7\"", "\"\"", "\"x\"", "\"0\"", "\"-1\"", "\"7\", \"8\"", "\"7.1\", \"8.2\"",
          "\"99999999999999999999\"", "\"7", ""}) {
        INFO(bad);
        const auto refused = change(shop, {{"if-match", bad}});
        CHECK(refused.status == 400);
        CHECK(json_of(refused)["errors"][0]["pointer"] == "If-Match");
    }
    CHECK(change(shop, {{"if-match", "\"7\""}, {"if-match", "\"8\""}}).status == 400);
}

TEST_CASE("page_reply: a page that is not the last has a cursor and a Link", "[runtime]") {
    Notes shop;
    for (const std::string key : {"a", "b", "c"}) shop.create(key, R"({"text":"x"})");
    const auto first = shop.send("GET", "/v1/notes?text=a%26b&limit=2&cursor=n1");
    const Json body = json_of(first);
    CHECK(body["items"].size() == 2);
    CHECK(body["next_cursor"] == "n3");
    CHECK(field_of(first, "link") == "</v1/notes?text=a%26b&limit=2&cursor=n3>; rel=\"next\"");
    CHECK(field_of(shop.send("GET", "/v1/notes?limit=1"), "link") ==
          "</v1/notes?limit=1&cursor=n2>; rel=\"next\"");

    const auto whole = shop.send("GET", "/v1/notes");
    CHECK(json_of(whole)["items"].size() == 3);
    CHECK_FALSE(json_of(whole).contains("next_cursor"));
    CHECK(field_of(whole, "link").empty());
}

TEST_CASE("param: a path parameter arrives decoded", "[runtime]") {
    Notes shop;
    shop.create("a", R"({"text":"x"})");
    CHECK(shop.send("GET", "/v1/notes/%6E1").status == 200);
    CHECK(shop.send("GET", "/v1/notes/n%201").status == 404);
}
