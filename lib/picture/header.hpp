// What a picture says of itself in its first bytes, read before anything decodes it: a file of a
// few bytes may claim to be as large as a city.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace shop::picture {

// Of a picture that is handed in: more than any camera of a telephone has, and 160 MB decoded.
inline constexpr std::int64_t kSideMax = 12'000;
inline constexpr std::int64_t kPixelsMax = 40'000'000;

enum class Kind { jpeg, png, webp, gif };

struct Header {
    Kind kind = Kind::jpeg;
    std::int64_t width = 0;
    std::int64_t height = 0;
    int orientation = 1;  // Exif's: 1 is upright, 6 needs a quarter turn clockwise (JPEG alone)
};

// By its bytes alone, whatever it was called. invalid_argument, with words for whoever sent it,
// where it is none of the four kinds, is cut short, or is larger than the bounds above.
Result<Header> read_header(std::string_view bytes);

}  // namespace shop::picture
