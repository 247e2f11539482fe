// Numbers as bytes of a file, little endian.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shop {

// The lowest `bytes` bytes of the number, the lowest first.
std::string little_endian(std::uint64_t number, std::size_t bytes);
std::uint64_t from_little_endian(std::string_view bytes);

}  // namespace shop
