// What shop-picture writes, and how what it writes is read.
#include "picture/frames.hpp"

#include <catch2/catch.hpp>

using namespace shop;
using picture::read_renditions;
using picture::Rendition;

TEST_CASE("renditions: what was written is read again", "[picture]") {
    const std::vector<Rendition> made{
        {1200, "one\nand more"}, {600, std::string("\0\n", 2)}, {240, "3"}};
    const auto read = read_renditions(picture::write_renditions(made));
    REQUIRE(read);
    REQUIRE(read->size() == made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
        CHECK((*read)[i].width == made[i].width);
        CHECK((*read)[i].jpeg == made[i].jpeg);
    }
}

TEST_CASE("renditions: anything else is refused", "[picture]") {
    const std::string good = picture::write_renditions({{1200, "a"}, {600, "b"}, {240, "c"}});
    REQUIRE(read_renditions(good));
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(read_renditions(std::string_view(good).substr(0, size)));
    CHECK_FALSE(read_renditions(good + "x"));
    CHECK_FALSE(read_renditions(picture::write_renditions({{600, "b"}, {1200, "a"}, {240, "c"}})));
    CHECK_FALSE(read_renditions(picture::write_renditions({{1200, ""}, {600, "b"}, {240, "c"}})));
    for (const char* line : {"1200 -1\n", "1200 99999999999999999999\n", "1200\n", "1200 1 1\n",
                             " 1200 1\n", "1200  1\n", "1200 9000000\n"})
        CHECK_FALSE(read_renditions(line + std::string(100, 'x')));
}
