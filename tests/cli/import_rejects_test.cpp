// Rows that do not go in: each kind is told with its line, and the rest of the file goes in.
#include "base/text.hpp"
#include "cli/import_helpers.hpp"

using namespace shop;
using test::file_with;
using test::import;
using test::kHeader;
using test::rejects;

namespace {

struct BadRow {
    std::string line;
    std::string sku;     // as the file of rejects has it
    std::string reason;  // part of it
};

const BadRow kBadRows[] = {
    {",No sku,1.00,1", "", "no sku"},
    {"R-NAME,,1.00,1", "R-NAME", "no name"},
    {"R-ZERO,Zero,0,1", "R-ZERO", "price is not above zero"},
    {"R-NEG,Negative,-2.50,1", "R-NEG", "price is not above zero"},
    {"R-THREE,Three decimals,1.999,1", "R-THREE", "at most 2 after the point"},
    {"R-WORD,Word,cheap,1", "R-WORD", "price"},
    {"R-NONE,No price,,1", "R-NONE", "price"},
    {"R-FEW,Few,1.00", "R-FEW", "the row has 3 fields, the header 4"},
    {"R-MANY,Many,1.00,1,extra", "R-MANY", "the row has 5 fields, the header 4"},
    {"R-UTF8,Bad \xFF byte,1.00,1", "R-UTF8", "not UTF-8"},
    {"R-STOCK,Stock,1.00,some", "R-STOCK", "stock must be a whole number"},
    {"R-MINUS,Minus,1.00,-1", "R-MINUS", "stock must be a whole number"},
    {"bad sku!,Form,1.00,1", "bad sku!", "sku"},
};

}  // namespace

TEST_CASE("import: every kind of bad row is rejected with its line number and the reason") {
    const auto& shop = test::shared_shop();
    std::string content = kHeader;
    int good = 0;
    for (const auto& bad : kBadRows)
        content += bad.line + "\nGOOD-" + std::to_string(good++) + ",Good,1.00,1\n";
    const Json done = import(shop, file_with(shop, content));
    CHECK(done["rejected"] == std::size(kBadRows));
    CHECK(done["created"] == good);

    std::map<std::string, std::string> by_line;
    const std::string written = rejects(shop);
    const auto lines = split(written, '\n');
    CHECK(lines[0] == "line,sku,reason");
    for (const auto line : lines) by_line[std::string(line.substr(0, line.find(',')))] = line;
    int line_number = 2;
    for (const auto& bad : kBadRows) {
        const std::string number = std::to_string(line_number);
        INFO(bad.line << " in line " << number);
        CHECK_THAT(by_line[number],
                   Catch::StartsWith(number + "," + bad.sku + ",") && Catch::Contains(bad.reason));
        line_number += 2;
    }
}

TEST_CASE("import: without --rejects the exit code is 1, the reasons are said, the rest goes in") {
    const auto& shop = test::shared_shop();
    const auto file = file_with(shop, kHeader + "LOUD-1,Good,1.00,1\nLOUD-2,,1.00,1\n");
    const auto outcome = shop.ctl({"product", "import", file, "-o", "json"});
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, Catch::Contains("no name") && Catch::Contains("--rejects"));
    CHECK(Json::parse(outcome.out)["created"] == 1);
    shop.ok({"product", "get", "LOUD-1"});
}

TEST_CASE("import: line numbers stay right after quoted line feeds, CR LF and blank lines") {
    const auto& shop = test::shared_shop();
    const auto quoted = file_with(
        shop, kHeader + "LN-1,\"two\nlines\",1,\n\"LN-2\",\"a\nb\nc\",1,\nLN-3,,1,\n\nLN-4,,1,\n");
    CHECK(import(shop, quoted)["rejected"] == 2);
    CHECK_THAT(rejects(shop), Catch::Contains("\n7,LN-3,") && Catch::Contains("\n9,LN-4,"));
    const auto crlf =
        file_with(shop, "sku,name,price\r\nLN-5,\"two\r\nlines\",1\r\nLN-6,,1\r\n\r\nLN-7,,1\r\n");
    CHECK(import(shop, crlf)["rejected"] == 2);
    CHECK_THAT(rejects(shop), Catch::Contains("\n4,LN-6,") && Catch::Contains("\n6,LN-7,"));
}

TEST_CASE("import: JSON lines are rejected by line too") {
    const auto& shop = test::shared_shop();
    const auto file = file_with(shop,
                                "{\"sku\":\"JL-1\",\"name\":\"One\",\"price\":\"1.25\"}\n"
                                "not json\n"
                                "[1]\n"
                                "{\"sku\":\"JL-2\",\"name\":[],\"price\":1}\n"
                                "{\"sku\":\"JL-3\",\"name\":\"Three\",\"price\":3.5,\"stock\":4}\n",
                                "jsonl");
    const Json done = import(shop, file);
    CHECK(done["created"] == 2);
    CHECK(done["rejected"] == 3);
    CHECK_THAT(rejects(shop),
               Catch::Contains("\n2,") && Catch::Contains("\n3,") && Catch::Contains("\n4,"));
    CHECK(shop.json({"product", "get", "JL-3"})["price"]["amount"] == 350);
    CHECK(shop.ok({"stock", "get", "JL-3", "-o", "name"}) == "4\n");
}

TEST_CASE("import: a file that is no catalogue is refused as a whole") {
    const auto& shop = test::shared_shop();
    CHECK(shop.ctl({"product", "import", file_with(shop, "")}).exit_code == 1);
    CHECK(shop.ctl({"product", "import", file_with(shop, "a,b\n1,2\n")}).exit_code == 1);
    const auto open_quote = shop.ctl(
        {"product", "import", file_with(shop, kHeader + "OQ-1,\"never closed,1,\nOQ-2,x,1,\n")});
    CHECK(open_quote.exit_code == 1);
    CHECK_THAT(open_quote.err, Catch::Contains("not CSV"));
    CHECK(shop.ctl({"product", "get", "OQ-2"}).exit_code == 3);
    CHECK(import(shop, file_with(shop, kHeader))["products"] == 0);
}
