#include "picture/program/render.hpp"

#include <gd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "picture/jpeg.hpp"

namespace shop::picture {
namespace {

constexpr int kQuality = 82;  // below it people see it; above it the files grow and nobody sees why
constexpr int kTallestOf = 2;  // as high as it is wide
constexpr int kWhite = 0xffffff;

struct Destroy {
    void operator()(gdImage* image) const { gdImageDestroy(image); }
};
using Image = std::unique_ptr<gdImage, Destroy>;

Image decode(Kind kind, std::string& bytes) {
    const int size = static_cast<int>(bytes.size());
    switch (kind) {
        case Kind::jpeg:
            return Image(gdImageCreateFromJpegPtr(size, bytes.data()));
        case Kind::png:
            return Image(gdImageCreateFromPngPtr(size, bytes.data()));
        case Kind::webp:
            return Image(gdImageCreateFromWebpPtr(size, bytes.data()));
        case Kind::gif:
            return Image(gdImageCreateFromGifPtr(size, bytes.data()));
    }
    return nullptr;
}

struct Size {
    int width;
    int height;
};

// Upright, it fits `width`, and twice that in height; it is never larger than it was.
Size fitted(Size whole, bool turned, int width) {
    double scale = 1;
    const auto fit = [&](int side, int most) {
        scale = std::min(scale, static_cast<double>(most) / side);
    };
    fit(turned ? whole.height : whole.width, width);
    fit(turned ? whole.width : whole.height, kTallestOf * width);
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(side * scale + 0.5)); };
    return {scaled(whole.width), scaled(whole.height)};
}

Image scaled(const Image& from, Size size) {
    Image to(gdImageCreateTrueColor(size.width, size.height));
    if (!to) return nullptr;
    // What is transparent is blended onto it.
    gdImageFilledRectangle(to.get(), 0, 0, size.width, size.height, kWhite);
    gdImageCopyResampled(to.get(), from.get(), 0, 0, 0, 0, size.width, size.height,
                         gdImageSX(from.get()), gdImageSY(from.get()));
    return to;
}

Image transposed(const Image& from) {
    Image to(gdImageCreateTrueColor(gdImageSY(from.get()), gdImageSX(from.get())));
    if (!to) return nullptr;
    for (int y = 0; y < gdImageSY(from.get()); ++y)
        for (int x = 0; x < gdImageSX(from.get()); ++x)
            gdImageSetPixel(to.get(), y, x, gdImageGetTrueColorPixel(from.get(), x, y));
    return to;
}

// Exif's orientations: 5 to 8 lie on their side.
Image upright(Image image, int orientation) {
    if (orientation > 4) image = transposed(image);
    if (!image) return nullptr;
    if (orientation == 2 || orientation == 6) gdImageFlipHorizontal(image.get());
    if (orientation == 4 || orientation == 8) gdImageFlipVertical(image.get());
    if (orientation == 3 || orientation == 7) gdImageFlipBoth(image.get());
    return image;
}

std::string encoded(const Image& image) {
    gdImageInterlace(image.get(), 1);  // progressive: a slow line shows something soon
    int size = 0;
    const std::unique_ptr<void, decltype(&gdFree)> jpeg(
        gdImageJpegPtr(image.get(), &size, kQuality), gdFree);
    if (!jpeg) return "";
    return without_remarks({static_cast<const char*>(jpeg.get()), static_cast<std::size_t>(size)});
}

Failure unreadable() {
    return fail(Code::invalid_argument,
                "The picture can't be read: it is broken, animated, or takes too much memory. Send "
                "it as an ordinary JPEG.");
}

}  // namespace

Result<std::vector<Rendition>> render(const Header& header, std::string& bytes) {
    gdSetErrorMethod([](int, const char*, va_list) {});  // our one line says enough
    Image image = decode(header.kind, bytes);
    const bool turned = header.orientation > 4;
    std::vector<Rendition> out;
    // Each is made from the one before: the widths go down, and all but the first take no time.
    for (const int width : kWidths) {
        if (image)
            image = scaled(image,
                           fitted({gdImageSX(image.get()), gdImageSY(image.get())}, turned, width));
        if (!image) return unreadable();
        const Image shown = upright(scaled(image, {gdImageSX(image.get()), gdImageSY(image.get())}),
                                    header.orientation);
        out.push_back({width, shown ? encoded(shown) : ""});
        if (out.back().jpeg.empty()) return unreadable();
    }
    return out;
}

}  // namespace shop::picture
