#include <catch2/catch.hpp>
#include <sstream>

#include "import/fold.hpp"

using namespace shop;
using namespace shop::cli;

namespace {

struct Outcome {
    Json rows = Json::array();
    std::vector<Reject> rejects;
    std::uint64_t skipped = 0;
    Result<void> result;
};

Outcome fold(const std::string& text, const std::string& map = "", FoldOptions options = {},
             bool json_lines = false) {
    Outcome outcome;
    Fold folding(std::move(options), [&](const Reject& r) { outcome.rejects.push_back(r); });
    std::istringstream in(text);
    const auto columns = parse_map(map).value();
    const Take take = [&](Row& row) { folding.take(row); };
    outcome.result = json_lines ? read_json_lines(in, columns, nullptr, take)
                                : read_csv(in, columns, nullptr, take);
    for (std::size_t i = 0; i < folding.products(); ++i)
        outcome.rows.push_back(folding.import_row(i));
    outcome.skipped = folding.skipped();
    return outcome;
}

std::string rejected(const std::string& row) {
    const auto outcome = fold("sku,name,price,stock\n" + row + "\n");
    REQUIRE(outcome.rejects.size() == 1);
    CHECK(outcome.rejects[0].line == 2);
    return outcome.rejects[0].reason;
}

}  // namespace

TEST_CASE("import: a row becomes a product in minor units", "[cli]") {
    const auto outcome = fold("sku,name,price,currency,stock,image\nA1,Bag,2.95,EUR,7,bag.svg\n");
    REQUIRE(outcome.result);
    CHECK(outcome.rows ==
          Json::parse(R"([{"line":2,"product":{"sku":"A1","name":"Bag","image":"bag.svg",
        "price":{"amount":295,"currency":"EUR"}},"stock":7}])"));
}

TEST_CASE("import: what most rows of a SKU say wins, the first of equals", "[cli]") {
    const auto outcome =
        fold("sku,name,price\na1,Bag,2.95\nA1,BAG RED,3.25\nA1,BAG RED,2.95\nA1,Bag,9\n");
    REQUIRE(outcome.rows.size() == 1);
    CHECK(outcome.rows[0]["product"]["sku"] == "A1");
    CHECK(outcome.rows[0]["product"]["name"] == "Bag");
    CHECK(outcome.rows[0]["product"]["price"]["amount"] == 295);
}

TEST_CASE("import: a SKU keeps its letter case where rows agree", "[cli]") {
    CHECK(fold("sku,name,price\nab,Bag,1\nab,Bag,1\n").rows[0]["product"]["sku"] == "ab");
}

TEST_CASE("import: a bad row is rejected with its reason", "[cli]") {
    CHECK(rejected(",Bag,1,1") == "no sku");
    CHECK(rejected("A,,1,1") == "no name");
    CHECK(rejected("A,Bag,0,1") == "price is not above zero");
    CHECK(rejected("A,Bag,-1,1") == "price is not above zero");
    CHECK_THAT(rejected("A,Bag,1.001,1"), Catch::StartsWith("price: "));
    CHECK_THAT(rejected("A,Bag,cheap,1"), Catch::StartsWith("price: "));
    CHECK_THAT(rejected("A,Bag,1,many"), Catch::StartsWith("stock must be"));
    CHECK_THAT(rejected("A,Bag,1"), Catch::Contains("3 fields"));
    CHECK(rejected("A,B\xFFg,1,1") == "not UTF-8 text");
}

TEST_CASE("import: line numbers count lines inside quotes and CR LF once", "[cli]") {
    const auto outcome =
        fold("\xEF\xBB\xBFsku,name,price\r\nA,\"two\r\nlines\",1\r\n\r\n,x,1\r\n,y,1\r\n");
    REQUIRE(outcome.result);
    REQUIRE(outcome.rejects.size() == 2);
    CHECK(outcome.rejects[0].line == 5);
    CHECK(outcome.rejects[1].line == 6);
    CHECK(outcome.rows[0]["line"] == 2);
}

TEST_CASE("import: mapped columns, skipped SKUs and the currency in their place", "[cli]") {
    FoldOptions options;
    options.currency = "JPY";
    options.skip_skus = {"POST"};
    const auto outcome = fold("StockCode,Description,UnitPrice\npost,POSTAGE,18\nB2,Cup,300\n",
                              "sku=StockCode,name=Description,price=UnitPrice", options);
    CHECK(outcome.skipped == 1);
    REQUIRE(outcome.rows.size() == 1);
    CHECK(outcome.rows[0]["product"]["price"] == Json{{"amount", 300}, {"currency", "JPY"}});
}

TEST_CASE("import: a file that is no catalogue says what is wrong", "[cli]") {
    const auto no_column = fold("a,b\n1,2\n");
    REQUIRE_FALSE(no_column.result);
    CHECK_THAT(no_column.result.error().message, Catch::Contains("no column \"sku\""));
    CHECK_FALSE(fold("").result);
    CHECK_FALSE(fold("sku,name,price\nA,\"open quote,1\n").result);
    CHECK_FALSE(parse_map("price"));
    CHECK_FALSE(parse_map("colour=Color"));
}

TEST_CASE("import: JSON lines take text and numbers", "[cli]") {
    const auto outcome = fold(
        "{\"sku\":\"A\",\"name\":\"Bag\",\"price\":2.5,\"stock\":3}\n\n[1]\n{\"sku\":[]}\n{,}\n",
        "", {}, true);
    REQUIRE(outcome.rows.size() == 1);
    CHECK(outcome.rows[0]["product"]["price"]["amount"] == 250);
    CHECK(outcome.rows[0]["stock"] == 3);
    REQUIRE(outcome.rejects.size() == 3);
    CHECK(outcome.rejects[0].line == 3);
}
