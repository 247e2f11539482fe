#include "picture/jpeg.hpp"

#include <cassert>

#include "base/bytes.hpp"

namespace shop::picture {
namespace {

constexpr unsigned char kScan = 0xda;   // SOS: the picture's data follow
constexpr unsigned char kApp1 = 0xe1;   // Exif, XMP
constexpr unsigned char kApp15 = 0xef;  // and what programs add of their own
constexpr unsigned char kComment = 0xfe;

struct Segment {
    unsigned char kind = 0;
    std::size_t start = 0;  // of its mark
    std::string_view content;
    std::size_t end() const { return start + 4 + content.size(); }
};

unsigned char byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

// The segment at `at`: mark, length (which counts itself), content. Further 0xff fill space.
std::optional<Segment> segment_at(std::string_view bytes, std::size_t at) {
    while (at + 1 < bytes.size() && byte_at(bytes, at) == 0xff && byte_at(bytes, at + 1) == 0xff)
        ++at;
    if (bytes.size() < at + 4 || byte_at(bytes, at) != 0xff) return std::nullopt;
    const auto size = static_cast<std::size_t>(big_endian(bytes, at + 2, 2));
    if (size < 2 || bytes.size() < at + 2 + size) return std::nullopt;
    return Segment{byte_at(bytes, at + 1), at, bytes.substr(at + 4, size - 2)};
}

// SOF0 to SOF15; three of these numbers mean something else.
bool is_frame(unsigned char kind) {
    return kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
}

std::int64_t number_in(std::string_view tiff, std::size_t at, std::size_t size) {
    if (tiff.starts_with("MM")) return big_endian(tiff, at, size);
    return static_cast<std::int64_t>(from_little_endian(tiff.substr(at, size)));
}

// The tag 0x0112 in the first directory of Exif's TIFF; 1 where there is none, or no good one.
int orientation_in(std::string_view exif) {
    constexpr std::string_view kStart("Exif\0\0", 6);
    constexpr std::size_t kEntryBytes = 12;
    constexpr std::int64_t kOrientation = 0x0112;
    if (!exif.starts_with(kStart)) return 1;
    const std::string_view tiff = exif.substr(kStart.size());
    if (tiff.size() < 8 || (!tiff.starts_with("II") && !tiff.starts_with("MM"))) return 1;
    const auto directory = static_cast<std::size_t>(number_in(tiff, 4, 4));
    if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
    const std::int64_t entries = number_in(tiff, directory, 2);
    std::size_t at = directory + 2;
    for (std::int64_t i = 0; i < entries && tiff.size() - at >= kEntryBytes; ++i) {
        if (number_in(tiff, at, 2) == kOrientation) {
            const std::int64_t value = number_in(tiff, at + 8, 2);
            return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
        }
        at += kEntryBytes;
    }
    return 1;
}

}  // namespace

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
    assert(at + size <= bytes.size());
    std::int64_t number = 0;
    for (const char byte : bytes.substr(at, size))
        number = number << 8 | static_cast<unsigned char>(byte);
    return number;
}

std::optional<JpegFrame> read_jpeg_frame(std::string_view bytes) {
    constexpr std::size_t kFrameBytes = 6;
    int orientation = 1;
    for (std::size_t at = 2;;) {
        const auto segment = segment_at(bytes, at);
        if (!segment || segment->kind == kScan) return std::nullopt;
        at = segment->end();
        if (segment->kind == kApp1 && orientation == 1)
            orientation = orientation_in(segment->content);
        if (!is_frame(segment->kind)) continue;
        // Whoever decodes it would go on without what is missing.
        const auto last = bytes.rfind("\xff\xd9");
        if (segment->content.size() < kFrameBytes || last == bytes.npos || last < at)
            return std::nullopt;
        // Precision, height, width.
        return JpegFrame{big_endian(segment->content, 3, 2), big_endian(segment->content, 1, 2),
                         orientation};
    }
}

std::string without_remarks(std::string_view jpeg) {
    std::string out(jpeg.substr(0, 2));
    for (std::size_t at = 2;;) {
        const auto segment = segment_at(jpeg, at);
        if (!segment || segment->kind == kScan)
            return out.append(jpeg.substr(std::min(at, jpeg.size())));
        const bool remark =
            segment->kind == kComment || (segment->kind >= kApp1 && segment->kind <= kApp15);
        if (!remark) out.append(jpeg.substr(at, segment->end() - at));
        at = segment->end();
    }
}

}  // namespace shop::picture
