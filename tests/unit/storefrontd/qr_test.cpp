// QR codes in a page.
#include "storefrontd/qr.hpp"

#include <catch2/catch.hpp>

#include "markup.hpp"

using namespace shop::storefront;

TEST_CASE("qr: a code is a drawing with a margin of four modules, and nothing of the text in it") {
    const std::string svg = qr_svg("otpauth://totp/shop:ada?secret=ABC&issuer=<shop>");
    CHECK_THAT(svg, Catch::StartsWith("<svg ") && Catch::EndsWith("</svg>"));
    CHECK(shop::trouble_in_xml(svg).empty());
    CHECK(svg.find("otpauth") == std::string::npos);
    CHECK(svg.find("style=") == std::string::npos);
    // The three corners begin four modules in: seven dark ones in a row.
    CHECK_THAT(svg, Catch::Contains("d=\"M4 4h7v1h-7z"));
}

TEST_CASE("qr: the same text gives the same code, another one another") {
    CHECK(qr_svg("a") == qr_svg("a"));
    CHECK(qr_svg("a") != qr_svg("b"));
}

TEST_CASE("qr: a text too long for a code gives none") {
    CHECK(qr_svg(std::string(5000, 'x')).empty());
}
