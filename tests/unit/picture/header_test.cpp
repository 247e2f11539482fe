// What a picture says of itself, and that nobody is believed who says something impossible.
#include "picture/header.hpp"

#include <catch2/catch.hpp>

#include "picture/jpeg.hpp"
#include "support/pictures.hpp"

using namespace shop;
using picture::Kind;
using picture::read_header;

namespace {

std::string reason(std::string_view bytes) {
    const auto header = read_header(bytes);
    if (header) return "";
    CHECK(header.error().code == Code::invalid_argument);
    return header.error().message;
}

}  // namespace

TEST_CASE("picture header: each kind is told by its bytes, with its size", "[picture]") {
    const std::pair<std::string, Kind> rows[] = {{test::tiny_jpeg(), Kind::jpeg},
                                                 {test::tiny_png(), Kind::png},
                                                 {test::tiny_gif(), Kind::gif},
                                                 {test::tiny_webp(), Kind::webp}};
    for (const auto& [bytes, kind] : rows) {
        const auto header = read_header(bytes);
        REQUIRE(header);
        CHECK(header->kind == kind);
        CHECK(header->width == 30);
        CHECK(header->height == 10);
        CHECK(header->orientation == (kind == Kind::jpeg ? 6 : 1));
    }
}

TEST_CASE("picture header: the three forms of WebP say their size each in its way", "[picture]") {
    const auto webp = [](const std::string& chunk, const std::string& content) {
        std::string body = "WEBP" + chunk + std::string(4, '\0') + content;
        body.resize(40);
        return "RIFF" + std::string("\x28\0\0\0", 4) + body;
    };
    const auto simple =
        read_header(webp("VP8 ", std::string("\0\0\0\x9d\x01\x2a\x1e\x40\x0a\0", 10)));
    REQUIRE(simple);
    CHECK(simple->width == 30);
    CHECK(simple->height == 10);
    const auto extended = read_header(webp("VP8X", std::string("\0\0\0\0\x1d\0\0\x09\0\0", 10)));
    REQUIRE(extended);
    CHECK(extended->width == 30);
    CHECK(extended->height == 10);
    CHECK_FALSE(read_header(webp("ALPH", "")));
}

TEST_CASE("picture header: what is no picture, or of another kind, is refused", "[picture]") {
    const std::string svg = R"(<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>)";
    for (const std::string& bytes :
         {std::string(), std::string("hello"), svg, "<!doctype html>" + svg, std::string("BM8"),
          std::string("II*\0", 4), std::string("%PDF-1.7"), std::string("RIFF\x20\0\0\0WAVE", 12),
          std::string(1000, '\0')})
        CHECK_THAT(reason(bytes), Catch::Contains("send one of these"));
}

TEST_CASE("picture header: a picture that is cut anywhere is refused", "[picture]") {
    for (const std::string& whole :
         {test::tiny_jpeg(), test::tiny_png(), test::tiny_gif(), test::tiny_webp()}) {
        const auto kind = read_header(whole)->kind;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            // Behind the name of the last chunk, or the last block, nothing is missing but an end
            // mark.
            if (kind == Kind::png && size >= whole.size() - 4) continue;
            if (kind == Kind::gif && size >= whole.size() - 1) continue;
            INFO(static_cast<int>(kind) << " cut to " << size);
            CHECK_FALSE(reason(std::string_view(whole).substr(0, size)).empty());
        }
    }
}

TEST_CASE("picture header: a file that claims to be huge is refused before it is decoded",
          "[picture]") {
    CHECK_THAT(reason(test::claimed_png(30'000, 30'000)), Catch::Contains("30000 x 30000"));
    CHECK_FALSE(reason(test::claimed_png(12'001, 1)).empty());
    CHECK_FALSE(reason(test::claimed_png(1, 12'001)).empty());
    CHECK_FALSE(reason(test::claimed_png(8'000, 5'001)).empty());
    CHECK_FALSE(reason(test::claimed_png(0xffffffff, 0xffffffff)).empty());
    CHECK_FALSE(reason(test::claimed_png(0, 10)).empty());
    CHECK(reason(test::claimed_png(8'000, 5'000)).empty());
    CHECK(reason(test::claimed_png(12'000, 3'333)).empty());
}

TEST_CASE("picture header: a frame that does not lie on the screen of its GIF is refused",
          "[picture]") {
    std::string gif = test::tiny_gif();
    const auto frame = gif.find(',');
    REQUIRE(frame != gif.npos);
    const std::size_t at = frame + GENERATE(1u, 3u, 5u, 7u);
    gif[at + 1] = '\x40';
    CHECK_FALSE(reason(gif).empty());
}

TEST_CASE("picture header: Exif that makes no sense is passed over", "[picture]") {
    const std::string whole = test::tiny_jpeg();
    const auto exif = whole.find("Exif");
    REQUIRE(exif != whole.npos);
    std::string jpeg = whole;
    SECTION("no such way up") { jpeg[exif + 6 + 8 + 2 + 9] = '\x09'; }
    SECTION("a directory far away") { jpeg[exif + 6 + 4] = '\x7f'; }
    SECTION("another order of bytes") { jpeg[exif + 6] = 'X'; }
    SECTION("no directory") { jpeg[exif + 6 + 9] = '\0'; }
    SECTION("no Exif") { jpeg[exif] = 'F'; }
    const auto header = read_header(jpeg);
    REQUIRE(header);
    CHECK(header->orientation == 1);
}

TEST_CASE("jpeg: remarks go, and the picture stays", "[picture]") {
    const std::string whole = test::tiny_jpeg();
    const std::string bare = picture::without_remarks(whole);
    CHECK(bare.size() < whole.size());
    CHECK(bare.find("Exif") == bare.npos);
    CHECK(bare.find("by Ada") == bare.npos);
    CHECK(bare.find("JFIF") != bare.npos);
    const auto header = read_header(bare);
    REQUIRE(header);
    CHECK(header->width == 30);
    CHECK(header->orientation == 1);
    CHECK(bare.ends_with("\xff\xd9"));
    CHECK(picture::without_remarks(bare) == bare);
}
