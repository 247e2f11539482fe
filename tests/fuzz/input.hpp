// The input of a fuzz target as text.
//
// A target says what must hold with assert; a failed one is a finding, like a sanitizer's.
//
// Thread safety: values.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace shop::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// A copy in memory of exactly its size, so that the sanitizer sees a read beyond its end.
class Exact {
public:
    explicit Exact(std::string_view text) : bytes_(text.begin(), text.end()) {}
    std::string_view text() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::vector<char> bytes_;
};

// Places where a text is cut: some 16, spread over it, others for each text, so that many texts
// are cut everywhere.
inline std::vector<std::size_t> cuts(std::string_view text) {
    const std::size_t step = 1 + text.size() / 16;
    std::vector<std::size_t> places;
    for (auto at = std::hash<std::string_view>{}(text) % step; at < text.size(); at += step)
        places.push_back(at);
    return places;
}

// Whether a byte below a space or a DEL is in it, other than those of `but`.
inline bool has_control(std::string_view text, std::string_view but = {}) {
    return std::ranges::any_of(text, [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 || byte == 0x7f) && but.find(c) == std::string_view::npos;
    });
}

}  // namespace shop::fuzz
