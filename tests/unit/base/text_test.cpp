#include "base/text.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

using namespace shop;
using namespace std::string_view_literals;

TEST_CASE("trim, split and to_lower keep what they should", "[base][text]") {
    CHECK(trim(" \t a b\r\n") == "a b");
    CHECK(trim("  ").empty());
    CHECK(split("a,,b", ',') == std::vector{"a"sv, ""sv, "b"sv});
    CHECK(split("", ',') == std::vector{""sv});
    CHECK(to_lower("ÄBC1") == "Äbc1");
}

TEST_CASE("is_utf8: only the shortest form of real code points", "[base][text]") {
    for (const char* text : {"", "abc", "é", "€", "😀", "\xF4\x8F\xBF\xBF"}) CHECK(is_utf8(text));
    for (const char* text : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                             "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF", "a\xE2\x82"})
        CHECK_FALSE(is_utf8(text));
    CHECK(utf8_length("aé€😀") == 4);
}

TEST_CASE("shorten: cuts between code points", "[base][text]") {
    CHECK(shorten("abc", 3) == "abc");
    CHECK(shorten("abcd", 3) == "abc…");
    CHECK(shorten("aé", 2) == "a…");
    CHECK(shorten("€", 0) == "…");
}

TEST_CASE("slugify: a name becomes a slug", "[base][text]") {
    CHECK(slugify("Jumbo Bag, Red!") == "jumbo-bag-red");
    CHECK(slugify("  --A--  ") == "a");
    CHECK(slugify("CHILDREN'S APRON") == "childrens-apron");
    CHECK(slugify("café 5") == "caf-5");
    CHECK(slugify("!?").empty());
    CHECK(slugify(std::string(79, 'a') + " b") == std::string(79, 'a'));
    rc::prop("a slug is a slug, or nothing", [](const std::string& text) {
        const std::string slug = slugify(text);
        RC_ASSERT(slug.empty() || is_slug(slug));
    });
}

TEST_CASE("is_slug: nothing at the edges, nothing doubled", "[base][text]") {
    CHECK(is_slug("a-1"));
    CHECK(is_slug(std::string(80, 'a')));
    CHECK_FALSE(is_slug(std::string(81, 'a')));
    for (const char* text : {"", "-a", "a-", "a--b", "A", "a b", "a_b", "é"})
        CHECK_FALSE(is_slug(text));
}

TEST_CASE("encodings: bytes come back as they went", "[base][text]") {
    CHECK(to_hex("\x01\xAB") == "01ab");
    CHECK(base64url("\xFB\xFF") == "-_8");
    CHECK(base64url("").empty());
    CHECK(from_base64url("-_8") == "\xFB\xFF");
    for (const char* text : {"+/8", "-_8=", "a", "-_8 "}) CHECK_FALSE(from_base64url(text));
    rc::prop("base64url and percent-encoding", [](const std::string& bytes) {
        RC_ASSERT(from_base64url(base64url(bytes)) == bytes);
        RC_ASSERT(percent_decode(percent_encode(bytes), true) == bytes);
    });
}

TEST_CASE("percent_decode: once, and strictly", "[base][text]") {
    CHECK(percent_decode("a%20b+c", false) == "a b+c");
    CHECK(percent_decode("a%20b+c", true) == "a b c");
    CHECK(percent_decode("%2541", false) == "%41");
    for (const char* text : {"%", "%4", "%4g", "%-1"}) CHECK_FALSE(percent_decode(text, false));
    CHECK(percent_encode("a/é~") == "a%2F%C3%A9~");
}

TEST_CASE("parse_int: a whole number and nothing else", "[base][text]") {
    CHECK(parse_int("-5") == -5);
    CHECK(parse_int("9223372036854775807") == INT64_MAX);
    for (const char* text : {"", "+5", " 5", "5 ", "5.0", "0x5", "9223372036854775808", "five"})
        CHECK_FALSE(parse_int(text));
}
