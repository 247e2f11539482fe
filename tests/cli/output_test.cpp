// What goes where and how it looks: formats, streams, colour.
#include "base/text.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

// A shop whose catalogue has one product with everything that CSV has to quote.
const test::RunningShop& shop_with_product() {
    static const bool made = [] {
        test::shared_shop().ok({"product", "create", "FMT-1", "--name", "Say \"hi\", friend",
                                "--price", "1234.50", "--stock", "7", "--category", "Formats"});
        return true;
    }();
    return made ? test::shared_shop() : test::shared_shop();
}

std::string listed(const std::string& format) {
    return shop_with_product().ok({"product", "list", "--category", "Formats", "-o", format});
}

}  // namespace

TEST_CASE("output: a table has a header, aligned columns and nothing wide") {
    const std::string text = listed("table");
    const auto lines = split(text, '\n');
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find("PRICE") + 5 == lines[1].find("1234.50 GBP") + 11);
    CHECK_THAT(text, Catch::Contains("Say \"hi\", friend") && !Catch::Contains("RESERVED"));
    CHECK_THAT(listed("wide"), Catch::Contains("RESERVED") && Catch::Contains("Formats"));
}

TEST_CASE("output: JSON and YAML are the API's documents") {
    const Json items = Json::parse(listed("json"));
    REQUIRE(items.size() == 1);
    CHECK(items[0]["price"] == Json{{"amount", 123450}, {"currency", "GBP"}});
    CHECK(items[0]["stock"]["available"] == 7);
    CHECK_THAT(listed("yaml"), Catch::Contains("sku: \"FMT-1\"") &&
                                   Catch::Contains("amount: 123450") &&
                                   Catch::Contains("name: \"Say \\\"hi\\\", friend\""));
}

TEST_CASE("output: CSV quotes what RFC 4180 says, and names stand one a line") {
    const std::string text = listed("csv");
    const auto lines = split(text, '\n');
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].starts_with("number,sku,name,price,available,slug,category,"));
    CHECK_THAT(std::string(lines[1]), Catch::Contains(",FMT-1,\"Say \"\"hi\"\", friend\","));
    CHECK(listed("name") == "say-hi-friend\n");
}

TEST_CASE("output: an empty list is a header, an empty array, or nothing") {
    const auto& shop = shop_with_product();
    const auto empty = [&](const std::string& format) {
        return shop.ok({"product", "list", "--category", "Nothing", "-o", format});
    };
    CHECK(Json::parse(empty("json")) == Json::array());
    CHECK(empty("name").empty());
    CHECK(split(empty("csv"), '\n').size() == 2);
}

TEST_CASE("output: an unknown format is a usage error that names the known ones") {
    const auto outcome = test::shared_shop().ctl({"product", "list", "-o", "xml"});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Catch::Contains("yaml"));
}

TEST_CASE("output: data goes to stdout, words for people to stderr") {
    const auto& shop = shop_with_product();
    const auto cart = shop.ctl({"cart", "add", "FMT-1"});
    CHECK_THAT(cart.out, Catch::Contains("FMT-1") && !Catch::Contains("Total"));
    CHECK_THAT(cart.err, Catch::Contains("Total: 1234.50 GBP"));
    const auto quiet = shop.ctl({"cart", "get", "--quiet"});
    CHECK(quiet.out == cart.out);
    CHECK(quiet.err.empty());
    const auto emptied = shop.ctl({"cart", "empty", "--yes"});
    CHECK(emptied.out.empty());
    CHECK(!emptied.err.empty());
    const auto missing = shop.ctl({"product", "get", "NONE"});
    CHECK(missing.out.empty());
    CHECK(missing.err.starts_with("shopctl: "));
}

TEST_CASE("output: colour is only for terminals, and NO_COLOR switches it off there") {
    const auto& shop = shop_with_product();
    CHECK(listed("table").find('\033') == std::string::npos);
    const std::string command = test::binary("shopctl").string() + " product list";
    const auto at_terminal = [&](const std::string& no_color) {
        auto environment = shop.environment();
        environment["NO_COLOR"] = no_color;
        environment["TERM"] = "xterm";
        return test::run("script", {{"-qec", command, "/dev/null"}, environment}).out;
    };
    if (test::run("sh", {{"-c", "command -v script"}}).exit_code != 0) {
        WARN("script(1) is not installed: there is no terminal to look at");
        return;
    }
    CHECK_THAT(at_terminal(""), Catch::Contains("\033[1m"));
    const std::string plain = at_terminal("1");
    CHECK_THAT(plain, Catch::Contains("FMT-1") && !Catch::Contains("\033"));
}
