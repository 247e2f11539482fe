// The pictures that come out, pixel by pixel. libgd makes what goes in, and looks at what came out.
#include "picture/program/render.hpp"

#include <gd.h>

#include <catch2/catch.hpp>
#include <memory>

#include "picture/jpeg.hpp"
#include "support/pictures.hpp"

using namespace shop;
using picture::read_header;
using picture::Rendition;

namespace {

using Image = std::shared_ptr<gdImage>;

Image image_of(gdImage* image) { return {image, gdImageDestroy}; }

std::vector<Rendition> rendered(std::string bytes) {
    const auto header = read_header(bytes);
    INFO((header ? "" : header.error().message));
    REQUIRE(header);
    auto made = picture::render(*header, bytes);
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return *made;
}

Image decoded(std::string jpeg) {
    const auto image =
        image_of(gdImageCreateFromJpegPtr(static_cast<int>(jpeg.size()), jpeg.data()));
    REQUIRE(image);
    return image;
}

// One pixel as a word: what JPEG makes of a colour is not quite that colour.
std::string colour_at(const Image& image, int x, int y) {
    const int pixel = gdImageGetTrueColorPixel(image.get(), x, y);
    const auto level = [](int value) { return value > 200 ? '2' : value > 70 ? '1' : '0'; };
    return {level(gdTrueColorGetRed(pixel)), level(gdTrueColorGetGreen(pixel)),
            level(gdTrueColorGetBlue(pixel))};
}

// A JPEG of so many pixels; its left half is red, its right half green.
std::string two_halves(int width, int height) {
    const auto image = image_of(gdImageCreateTrueColor(width, height));
    gdImageFilledRectangle(image.get(), 0, 0, width / 2 - 1, height - 1, 0xff0000);
    gdImageFilledRectangle(image.get(), width / 2, 0, width - 1, height - 1, 0x00ff00);
    int size = 0;
    void* bytes = gdImageJpegPtr(image.get(), &size, 95);
    std::string out(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    gdFree(bytes);
    return out;
}

std::string with_orientation(std::string jpeg, char orientation) {
    const std::string exif =
        std::string("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 24) + orientation +
        std::string(7, '\0');
    return jpeg.insert(
        2, "\xff\xe1" + std::string(1, '\0') + static_cast<char>(exif.size() + 2) + exif);
}

}  // namespace

TEST_CASE("picture: widths, never larger than what came, with its proportions", "[picture]") {
    struct Row {
        int width, height;
        std::vector<std::pair<int, int>> sizes;
    };
    const Row rows[] = {{2000, 1000, {{1200, 600}, {600, 300}, {240, 120}}},
                        {900, 900, {{900, 900}, {600, 600}, {240, 240}}},
                        {100, 50, {{100, 50}, {100, 50}, {100, 50}}},
                        {1, 1, {{1, 1}, {1, 1}, {1, 1}}},
                        {3000, 2, {{1200, 1}, {600, 1}, {240, 1}}},
                        // A tall one is bounded by its height.
                        {100, 4000, {{60, 2400}, {30, 1200}, {12, 480}}}};
    for (const Row& row : rows) {
        INFO(row.width << " x " << row.height);
        const auto made = rendered(two_halves(row.width, row.height));
        REQUIRE(made.size() == picture::kWidths.size());
        for (std::size_t i = 0; i < made.size(); ++i) {
            CHECK(made[i].width == picture::kWidths[i]);
            const auto header = read_header(made[i].jpeg);
            REQUIRE(header);
            CHECK(header->kind == picture::Kind::jpeg);
            CHECK(header->width == row.sizes[i].first);
            CHECK(header->height == row.sizes[i].second);
        }
    }
}

TEST_CASE("picture: each kind is decoded, and what is transparent is white", "[picture]") {
    for (const auto& bytes : {test::tiny_png(), test::tiny_webp()})
        for (const auto& one : rendered(bytes)) {
            const auto image = decoded(one.jpeg);
            CHECK(colour_at(image, 2, 5) == "200");
            CHECK(colour_at(image, 14, 5) == "112");
            CHECK(colour_at(image, 27, 5) == "222");
        }
    const auto gif = decoded(rendered(test::tiny_gif()).front().jpeg);
    CHECK(colour_at(gif, 2, 5) == "200");
    CHECK(colour_at(gif, 14, 5) == "002");
}

TEST_CASE("picture: a photograph that lies on its side is put upright", "[picture]") {
    // Where the red half is afterwards, by Exif's orientation.
    const std::string sides = "?lrrlttbb";
    const std::string plain = two_halves(400, 300);
    for (char orientation = 1; orientation <= 8; ++orientation) {
        INFO(static_cast<int>(orientation));
        for (const auto& one : rendered(with_orientation(plain, orientation))) {
            const auto image = decoded(one.jpeg);
            const int width = gdImageSX(image.get());
            const int height = gdImageSY(image.get());
            CHECK((width > height) == (orientation < 5));
            CHECK(width <= one.width);
            const char side = sides[static_cast<std::size_t>(orientation)];
            CHECK(colour_at(image, side == 'r' ? width - 5 : 5, side == 'b' ? height - 5 : 5) ==
                  "200");
            CHECK(colour_at(image, side == 'l' ? width - 5 : 5, side == 't' ? height - 5 : 5) ==
                  "020");
        }
    }
}

TEST_CASE("picture: nothing of what the original carried is left", "[picture]") {
    for (const auto& one : rendered(test::tiny_jpeg())) {
        CHECK(one.jpeg.find("Exif") == one.jpeg.npos);
        CHECK(one.jpeg.find("taken at home") == one.jpeg.npos);
        CHECK(one.jpeg.find("by Ada") == one.jpeg.npos);
        CHECK(picture::without_remarks(one.jpeg) == one.jpeg);
        const auto header = read_header(one.jpeg);
        REQUIRE(header);
        CHECK(header->width == 10);
        CHECK(header->height == 30);
        CHECK(one.jpeg.find("\xff\xc2") != one.jpeg.npos);  // progressive
    }
}

TEST_CASE("picture: one that can't be decoded is refused, with what to do", "[picture]") {
    std::string png = test::tiny_png();
    png[png.find("IDAT") + 8] ^= '\x55';
    const auto header = read_header(png);
    REQUIRE(header);
    const auto made = picture::render(*header, png);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::invalid_argument);
    CHECK_THAT(made.error().message, Catch::Contains("Send it as an ordinary JPEG"));
}
