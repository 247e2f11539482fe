#include "output/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace shop::cli {
namespace {

constexpr int kMargin = 2;  // of the four that the norm wants; readers take it, and windows are low

struct Freed {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

bool is_dark(const QRcode& code, int x, int y) {
    const bool inside = x >= 0 && y >= 0 && x < code.width && y < code.width;
    return inside && (code.data[y * code.width + x] & 1) != 0;
}

// What shows light modules in the colour of the text.
std::string_view half_block(bool upper_light, bool lower_light) {
    if (upper_light) return lower_light ? "█" : "▀";
    return lower_light ? "▄" : " ";
}

}  // namespace

Result<std::string> qr_code(const std::string& text, Drawing drawing) {
    if (drawing == Drawing::none) return std::string();
    const std::unique_ptr<QRcode, Freed> code(
        QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1));
    if (!code) return fail(Code::internal, "No QR code can be made of this text.");
    const bool color = drawing == Drawing::color;
    std::string out;
    for (int y = -kMargin; y < code->width + kMargin; y += 2) {
        if (color) out += "\033[38;5;231;48;5;16m";  // white on black
        for (int x = -kMargin; x < code->width + kMargin; ++x)
            out += half_block(!is_dark(*code, x, y), !is_dark(*code, x, y + 1));
        out += color ? "\033[0m\n" : "\n";
    }
    return out;
}

}  // namespace shop::cli
