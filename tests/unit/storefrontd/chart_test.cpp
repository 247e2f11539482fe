// Charts of the back office.
#include <catch2/catch.hpp>
#include <limits>

#include "storefrontd/chart.hpp"
#include "unit/storefrontd/markup.hpp"

using namespace shop;
using storefront::bars;
using storefront::Chart;
using storefront::ChartPoint;
using storefront::line;

namespace {

std::string pounds(std::int64_t value) { return "£" + std::to_string(value / 100); }

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a bar chart has a bar, a label and a value for each point") {
    const std::vector<ChartPoint> points = {{"Mug", 40, "40"}, {"Bag", 20, "20"}, {"Fan", 0, "0"}};
    const std::string svg = bars({"Sold most", "Mugs lead.", points});
    CHECK(trouble_in_xml(svg) == "");
    CHECK(count(svg, "<rect class=\"chart-bar\"") == 3);
    CHECK(svg.find("width=\"400.0\"") != svg.npos);  // the longest fills the width
    CHECK(svg.find("width=\"200.0\"") != svg.npos);  // half of it half of that
    CHECK(svg.find(">Bag</text>") != svg.npos);
    CHECK(svg.find("<title>Sold most</title><desc>Mugs lead.</desc>") != svg.npos);
}

TEST_CASE("a line ends at its last value, below a round number") {
    const std::vector<ChartPoint> points = {{"1 Nov", 0}, {"2 Nov", 7300}, {"3 Nov", 4000}};
    const std::string svg = line({"Sales", "Up and down.", points}, pounds);
    CHECK(trouble_in_xml(svg) == "");
    CHECK(svg.find(">£80</text>") != svg.npos);
    CHECK(svg.find(">£40</text>") != svg.npos);
    CHECK(svg.find("<circle class=\"chart-dot\" cx=\"822.0\" cy=\"121.0\"") != svg.npos);
    CHECK(svg.find(">1 Nov</text>") != svg.npos);
}

TEST_CASE("a long line has few labels") {
    std::vector<ChartPoint> points;
    for (int day = 0; day < 90; ++day) points.push_back({"day " + std::to_string(day), day});
    CHECK(count(line({"Sales", "", points}, pounds), ">day ") <= 6);
}

TEST_CASE("charts of nothing, of one point, of zeros and of huge numbers are well-formed") {
    const auto most = std::numeric_limits<std::int64_t>::max();
    const auto least = std::numeric_limits<std::int64_t>::min();
    for (const auto& points : std::vector<std::vector<ChartPoint>>{
             {}, {{"a", 1}}, {{"a", 0}, {"b", 0}}, {{"a", most}, {"b", least}}}) {
        for (const auto& svg : {bars({"t", "d", points}), line({"t", "d", points}, pounds)}) {
            INFO(svg);
            CHECK(trouble_in_xml(svg) == "");
            CHECK(svg.find("nan") == svg.npos);
            CHECK(svg.find("inf") == svg.npos);
        }
    }
}

TEST_CASE("hostile names can't become markup in a chart, and long ones are cut") {
    const std::vector<ChartPoint> points = {
        {"</text><script>\"'&\x01", 3, "<b>"},
        {std::string(37, 'x') + "\xc3\xa4" + std::string(400, 'y'), 2, "2"}};
    for (const auto& svg : {bars({"<i>", "a & b", points}),
                            line({"<i>", "a & b", points}, [](std::int64_t) { return "<b>"; })}) {
        INFO(svg);
        CHECK(trouble_in_xml(svg) == "");
        CHECK(svg.find("<script") == svg.npos);
        CHECK(svg.find("<b>") == svg.npos);
        CHECK(svg.find('\x01') == svg.npos);
        CHECK(svg.find("xxx\xc3…") == svg.npos);  // not within a character
        CHECK(svg.size() < 4000);
        CHECK(svg.find("style=") == svg.npos);
    }
}
