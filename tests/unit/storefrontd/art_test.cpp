// Drawings for products without a picture.
#include <catch2/catch.hpp>
#include <set>

#include "base/text.hpp"
#include "storefrontd/art.hpp"
#include "storefrontd/art_motifs.hpp"
#include "unit/storefrontd/markup.hpp"

using namespace shop;
using storefront::draw;

namespace {

constexpr std::size_t kBytesMax = 2500;

// The shapes alone: what differs where another motif is drawn.
bool same(std::string_view one, std::string_view other) {
    return draw("s", one, "") == draw("s", other, "");
}

}  // namespace

TEST_CASE("every motif, in every pattern, is a small, well-formed SVG") {
    for (const auto& motif : storefront::kMotifs)
        for (const auto word : split(motif.words, ','))
            for (const char* pattern : {"", "retrospot ", "union ", "gingham ", "stripe ", "heart ",
                                        "star ", "skull ", "leaf ", "vintage ", "white spotty "}) {
                const std::string name = pattern + std::string(word.substr(word[0] == '~' ? 1 : 0));
                const std::string svg = draw(name, name, "");
                INFO(name << ": " << svg);
                CHECK(trouble_in_xml(svg) == "");
                CHECK(svg.size() < kBytesMax);
                CHECK(svg.find('@') == svg.npos);
                CHECK(svg.starts_with("<svg xmlns='http://www.w3.org/2000/svg' "));
            }
}

TEST_CASE("the same words make the same drawing, other seeds other ones") {
    CHECK(draw("a", "Red Retrospot Bowl", "Kitchen") == draw("a", "Red Retrospot Bowl", "Kitchen"));
    std::set<std::string> drawings;
    for (int seed = 0; seed < 40; ++seed) drawings.insert(draw(std::to_string(seed), "Bowl", ""));
    CHECK(drawings.size() > 20);
}

TEST_CASE("the name decides what is drawn, in any case and number") {
    CHECK(same("TEACUP", "teacup"));
    CHECK(same("Lanterns", "lantern"));
    CHECK(same("boxes", "box"));
    CHECK_FALSE(same("lantern", "teacup"));
    SECTION("things go before what they are adorned with") {
        CHECK_FALSE(same("bird mug", "bird"));
        CHECK(same("owl mug", "bird mug"));
    }
    SECTION("a word within another one counts for nothing") {
        CHECK(same("boxing", "unknown"));
        CHECK(same("smug", "unknown"));
    }
    SECTION("what it is for counts where nothing else fits") {
        CHECK(same("christmas", "merry christmas"));
        CHECK(draw("s", "Something", "Bags") != draw("s", "Something", ""));
        CHECK(draw("s", "Mug", "Bags") == draw("s", "Mug", ""));
    }
    SECTION("a colour in the name is the colour of the drawing") {
        CHECK(draw("s", "Red mug", "").find("#c83e38") != std::string::npos);
        CHECK(draw("s", "Blue mug", "").find("#4270a0") != std::string::npos);
    }
}

TEST_CASE("nothing of hostile names stands in a drawing") {
    const std::string long_name(100'000, 'x');
    for (const std::string_view hostile :
         {std::string_view("</svg><script>alert(1)</script>"), std::string_view("\" onload='x' @m"),
          std::string_view("&&<<>>''\""), std::string_view("\0\x01\xff", 3), std::string_view(""),
          std::string_view(long_name)}) {
        const std::string svg = draw(hostile, hostile, hostile);
        CHECK(trouble_in_xml(svg) == "");
        CHECK(svg.size() < kBytesMax);
        CHECK(svg.find("script") == svg.npos);
        CHECK(svg.find("onload") == svg.npos);
    }
}

TEST_CASE("the check of markup sees what is wrong") {
    CHECK(trouble_in_xml("<a b='c'><d/></a>&amp;") == "");
    CHECK(trouble_in_xml("<a><b></a></b>") != "");
    CHECK(trouble_in_xml("<a>") != "");
    CHECK(trouble_in_xml("</a>") != "");
    CHECK(trouble_in_xml("<a b='<'/>") != "");
    CHECK(trouble_in_xml("a & b") != "");
}
