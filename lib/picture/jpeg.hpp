// The segments of a JPEG: its size, which way up it is, and what it carries besides the picture.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shop::picture {

struct JpegFrame {
    std::int64_t width = 0;
    std::int64_t height = 0;
    int orientation = 1;  // of Exif; 1 where nothing good is said
};

// Nothing where the file has no frame, or no end behind it. `bytes` starts with the mark of a JPEG.
std::optional<JpegFrame> read_jpeg_frame(std::string_view bytes);
// The JPEG without comments and without Exif and its kin (APP1 and above).
std::string without_remarks(std::string_view jpeg);

// A number at `at`; the bytes must be there (an assertion).
std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size);

}  // namespace shop::picture
