#include <catch2/catch.hpp>

#include "output/bars.hpp"
#include "output/view.hpp"

using namespace shop;
using namespace shop::cli;

namespace {

const View kView{{{"NAME", "/name"}, {"PRICE", "/price", false, true}, {"ID", "/id", true}},
                 "/name"};

const Json kRows = Json::parse(R"([
    {"id": "1", "name": "Tee, \"red\"", "price": {"amount": 295, "currency": "GBP"}},
    {"id": "2", "name": "Größe", "price": {"amount": 12000, "currency": "GBP"}}])");

std::string rendered(const std::string& format, const Json& value = kRows) {
    return render(value, kView, format, false).value();
}

}  // namespace

TEST_CASE("render: a table lines up by characters, numbers to the right", "[cli]") {
    CHECK(rendered("table") ==
          "NAME             PRICE\n"
          "Tee, \"red\"    2.95 GBP\n"
          "Größe       120.00 GBP\n");
    CHECK(rendered("wide").starts_with("NAME             PRICE  ID\n"));
}

TEST_CASE("render: control characters of data do not reach the terminal", "[cli]") {
    const Json evil = {{"name", "a\033[31m\nb"}};
    CHECK(rendered("table", evil).find('\033') == std::string::npos);
}

TEST_CASE("render: csv quotes what has to be quoted and has every column", "[cli]") {
    CHECK(rendered("csv") ==
          "name,price,id\n"
          "\"Tee, \"\"red\"\"\",2.95 GBP,1\n"
          "Größe,120.00 GBP,2\n");
    CHECK(csv_field("two\nlines") == "\"two\nlines\"");
    CHECK(csv_field("plain") == "plain");
}

TEST_CASE("render: json is the data itself", "[cli]") {
    CHECK(Json::parse(rendered("json")) == kRows);
    CHECK(Json::parse(rendered("json", kRows[0])) == kRows[0]);
}

TEST_CASE("render: yaml keeps text that looks like something else", "[cli]") {
    const Json value = {{"a", "no"}, {"b", "1e3"}, {"c", 5}, {"d", true}, {"e", nullptr}};
    CHECK(rendered("yaml", value) == "a: \"no\"\nb: \"1e3\"\nc: 5\nd: true\ne: ~\n");
}

TEST_CASE("render: name is one line an item", "[cli]") {
    CHECK(rendered("name") == "Tee, \"red\"\nGröße\n");
    CHECK(rendered("name", Json::array()).empty());
}

TEST_CASE("render: colour only makes the header bold", "[cli]") {
    const auto text = render(kRows, kView, "table", true).value();
    CHECK(text.starts_with("\033[1mNAME"));
    CHECK(std::ranges::count(text, '\033') == 2);
}

TEST_CASE("bars: as long as their part, and never none for something", "[cli]") {
    CHECK(bar_text(10, 10, 4) == "████");
    CHECK(bar_text(5, 10, 4) == "██");
    CHECK(bar_text(4, 10, 4) == "█▌");
    CHECK(bar_text(1, 1'000'000, 4) == "▌");
    CHECK(bar_text(0, 10, 4).empty());
    CHECK(bar_text(0, 0, 4).empty());
    CHECK(bar_text(std::numeric_limits<std::int64_t>::max(), 1, 4) == "████");
}
