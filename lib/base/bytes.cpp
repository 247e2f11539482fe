#include "base/bytes.hpp"

namespace shop {

std::string little_endian(std::uint64_t number, std::size_t bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
    return out;
}

std::uint64_t from_little_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (auto at = bytes.rbegin(); at != bytes.rend(); ++at)
        number = number << 8 | static_cast<unsigned char>(*at);
    return number;
}

}  // namespace shop
