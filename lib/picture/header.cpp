#include "picture/header.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/bytes.hpp"
#include "picture/jpeg.hpp"

namespace shop::picture {
namespace {

constexpr std::string_view kPngStart("\x89PNG\r\n\x1a\n", 8);

Failure refused(std::string message) { return fail(Code::invalid_argument, std::move(message)); }

Failure cut_short() { return refused("The picture is cut short or broken; send the whole file."); }

std::int64_t little(std::string_view bytes, std::size_t at, std::size_t size) {
    return static_cast<std::int64_t>(from_little_endian(bytes.substr(at, size)));
}

// Signature, then a chunk: length, "IHDR", width and height. The last chunk is IEND.
std::optional<Header> read_png(std::string_view bytes) {
    constexpr std::size_t kHeadBytes = 33;
    if (bytes.size() < kHeadBytes || bytes.substr(12, 4) != "IHDR") return std::nullopt;
    if (bytes.find("IEND", kHeadBytes) == bytes.npos) return std::nullopt;
    return Header{Kind::png, big_endian(bytes, 16, 4), big_endian(bytes, 20, 4)};
}

// Behind blocks of data, each with its length before it and an empty one at the end.
std::optional<std::size_t> behind_blocks(std::string_view bytes, std::size_t at) {
    while (at < bytes.size()) {
        const auto size = static_cast<unsigned char>(bytes[at]);
        at += 1 + std::size_t{size};
        if (size == 0) return at;
    }
    return std::nullopt;
}

// Behind the table of colours of a screen or a frame, whose flags say whether there is one.
std::size_t behind_colours(std::size_t at, char flags) {
    const auto bits = static_cast<unsigned char>(flags);
    return (bits & 0x80) != 0 ? at + (std::size_t{6} << (bits & 7)) : at;
}

// The screen, then extensions, then the first frame, which lies on the screen.
std::optional<Header> read_gif(std::string_view bytes) {
    constexpr std::size_t kScreenBytes = 13;
    constexpr std::size_t kFrameBytes = 10;
    if (bytes.size() < kScreenBytes) return std::nullopt;
    const Header header{Kind::gif, little(bytes, 6, 2), little(bytes, 8, 2)};
    std::size_t at = behind_colours(kScreenBytes, bytes[10]);
    while (at < bytes.size() && bytes[at] == '!') {
        const auto next = behind_blocks(bytes, at + 2);
        if (!next) return std::nullopt;
        at = *next;
    }
    if (at >= bytes.size() || bytes[at] != ',' || bytes.size() - at < kFrameBytes)
        return std::nullopt;
    if (little(bytes, at + 1, 2) + little(bytes, at + 5, 2) > header.width ||
        little(bytes, at + 3, 2) + little(bytes, at + 7, 2) > header.height)
        return std::nullopt;
    // One byte says how the frame's data are coded.
    const std::size_t data = behind_colours(at + kFrameBytes, bytes[at + 9]) + 1;
    return behind_blocks(bytes, data) ? std::optional(header) : std::nullopt;
}

// RIFF, length, "WEBP", and a chunk that says the size: simple, lossless or extended.
std::optional<Header> read_webp(std::string_view bytes) {
    constexpr std::size_t kHeadBytes = 30;
    if (bytes.size() < kHeadBytes) return std::nullopt;
    if (little(bytes, 4, 4) + 8 > std::ssize(bytes)) return std::nullopt;
    const std::string_view chunk = bytes.substr(12, 4);
    if (chunk == "VP8 ")
        return Header{Kind::webp, little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff};
    if (chunk == "VP8L") {
        const std::int64_t sizes = little(bytes, 21, 4);
        return Header{Kind::webp, (sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1};
    }
    if (chunk != "VP8X") return std::nullopt;
    return Header{Kind::webp, little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1};
}

std::optional<Header> read_jpeg(std::string_view bytes) {
    const auto frame = read_jpeg_frame(bytes);
    if (!frame) return std::nullopt;
    return Header{Kind::jpeg, frame->width, frame->height, frame->orientation};
}

Result<std::optional<Header>> read_any(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff")) return read_jpeg(bytes);
    if (bytes.starts_with(kPngStart)) return read_png(bytes);
    if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return read_gif(bytes);
    if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return read_webp(bytes);
    return refused("This is no JPEG, PNG, WebP or GIF; send one of these.");
}

}  // namespace

Result<Header> read_header(std::string_view bytes) {
    SHOP_TRY(header, read_any(bytes));
    if (!header || header->width < 1 || header->height < 1) return cut_short();
    if (header->width > kSideMax || header->height > kSideMax ||
        header->width * header->height > kPixelsMax)
        return refused(
            fmt::format("The picture has {} x {} pixels; send one of at most {} each way and {} "
                        "million in all.",
                        header->width, header->height, kSideMax, kPixelsMax / 1'000'000));
    return *header;
}

}  // namespace shop::picture
