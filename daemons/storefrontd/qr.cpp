#include "storefrontd/qr.hpp"

#include <fmt/format.h>
#include <qrencode.h>

#include <iterator>
#include <memory>

namespace shop::storefront {
namespace {

constexpr int kMargin = 4;  // modules, as the norm wants
constexpr int kModulePixels = 4;

struct Freed {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

std::string qr_svg(const std::string& text) {
    const std::unique_ptr<QRcode, Freed> code(
        QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
    if (!code) return "";
    const int width = code->width;
    const auto is_dark = [&](int x, int y) { return (code->data[y * width + x] & 1) != 0; };
    fmt::memory_buffer path;
    for (int y = 0; y < width; ++y)
        for (int x = 0; x < width; ++x) {
            const int begin = x;
            while (x < width && is_dark(x, y)) ++x;
            if (x > begin)
                fmt::format_to(std::back_inserter(path), "M{} {}h{}v1h-{}z", begin + kMargin,
                               y + kMargin, x - begin, x - begin);
        }
    const int side = width + 2 * kMargin;
    return fmt::format(
        R"(<svg class="qr" viewBox="0 0 {0} {0}" width="{1}" height="{1}" role="img" )"
        R"(aria-label="QR code of the key"><path fill="#fff" d="M0 0h{0}v{0}H0z"/>)"
        R"(<path fill="#000" shape-rendering="crispEdges" d="{2}"/></svg>)",
        side, side * kModulePixels, fmt::to_string(path));
}

}  // namespace shop::storefront
