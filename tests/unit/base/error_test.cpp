#include "base/error.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace shop;

TEST_CASE("codes: each has one row, a name of its own and an error status", "[base]") {
    std::set<std::string_view> names;
    for (const CodeInfo& row : all_codes()) {
        CHECK(names.insert(row.name).second);
        CHECK(row.http_status >= 400);
        CHECK(row.exit_code != kExitDone);
        CHECK(code_named(row.name) == row.code);
        CHECK(info(row.code).name == row.name);
    }
    CHECK(names.size() == static_cast<std::size_t>(Code::internal) + 1);
}

TEST_CASE("codes: an unknown name or status still gives a code", "[base]") {
    CHECK(code_named("no_such") == Code::internal);
    CHECK(code_for_status(404) == Code::not_found);
    CHECK(code_for_status(418) == Code::invalid_argument);
    CHECK(code_for_status(502) == Code::internal);
}

TEST_CASE("fail_field: the message names the field", "[base]") {
    const Result<int> result = fail_field("/price", "is required");
    REQUIRE(!result);
    CHECK(result.error().code == Code::invalid_argument);
    CHECK(result.error().message == "/price: is required");
    REQUIRE(result.error().fields.size() == 1);
    CHECK(result.error().fields[0].pointer == "/price");
}
