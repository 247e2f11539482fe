#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "schema/codec.hpp"

using namespace shop;
using schema::Format;

namespace {

struct One {
    std::string text;
};

// Whether a field of this format takes the text.
bool takes(Format format, const std::string& text) {
    const schema::StructType type{
        "One", "", {schema::field<&One::text>("text", "", schema::Required{}, format)}};
    One one;
    return schema::decode_into(Json{{"text", text}}, type, schema::Mode::input, &one).has_value();
}

void check(Format format, const std::vector<std::string>& good,
           const std::vector<std::string>& bad) {
    for (const auto& text : good) {
        INFO(text);
        CHECK(takes(format, text));
    }
    for (const auto& text : bad) {
        INFO(text);
        CHECK_FALSE(takes(format, text));
    }
}

}  // namespace

TEST_CASE("format email: sane addresses", "[schema][format]") {
    check(Format::email, {"a@b.c", "ann.o+x@mail.example.org", "é@b.example"},
          {"a", "@b.c", "a@", "a@b", "a@b@c.d", "a b@c.d", "a@b c.d", "a@.c", "a@c.", "a@b..c",
           std::string(250, 'a') + "@b.cd"});
}

TEST_CASE("format currency: ISO 4217 in capitals", "[schema][format]") {
    check(Format::currency, {"GBP", "JPY"}, {"gbp", "XXX", "GB", "GBPP"});
}

TEST_CASE("format slug and user name", "[schema][format]") {
    check(Format::slug, {"a", "jumbo-bag-1"}, {"A", "a b", "-a", "a--b"});
    check(Format::username, {"ann", "1a", "a.b_c-d", std::string(40, 'a')},
          {"Ann", "-a", ".a", "_a", "a b", "a@b", "é", std::string(41, 'a')});
}

TEST_CASE("format sku: printable without blanks", "[schema][format]") {
    check(Format::sku, {"15056BL", "gift_0001_20", "a/b.c-d", std::string(64, 'A')},
          {"a b", "a,b", "é", "a\\b", std::string(65, 'A')});
}

TEST_CASE("format file-name: never a way out of its folder", "[schema][format]") {
    check(Format::file_name, {"bag.png", "a b.png", "é.jpg", std::string(120, 'a')},
          {"../bag.png", "a/b", "a\\b", ".hidden", "..", std::string(121, 'a')});
}

TEST_CASE("format id and uri-path", "[schema][format]") {
    const std::string hex(32, '0');
    check(Format::id, {"usr_" + hex}, {hex, "_" + hex, "USR_" + hex, "usr_" + hex + "0", "usr"});
    check(Format::uri_path, {"/", "/images/bag.png", "/a/b/"},
          {"a", "//host/a", "/../a", "/a/./b", "/a/..", "/a b", "/a\\b", "http://a/b"});
}
