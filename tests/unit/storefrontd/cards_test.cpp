#include "storefrontd/cards.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace shop;
using namespace shop::storefront;

TEST_CASE("cards: a browser asks early for the first photographs, and never for drawings") {
    api::Product drawn;
    drawn.slug = "lantern";
    api::Product photographed = drawn;
    photographed.image = "0123456789abcdef0123456789abcdef.jpg";

    const std::array products{photographed, drawn, photographed};
    const Json cards = cards_of(products, 2);
    CHECK(cards[0]["is_eager"] == true);
    CHECK(cards[1]["is_eager"] == false);
    CHECK(cards[2]["is_eager"] == false);  // no longer among the first
    CHECK(cards[0]["picture"] == "/pictures/0123456789abcdef0123456789abcdef-600.jpg");
    CHECK(cards[1]["picture"] == "/art/lantern");
}
