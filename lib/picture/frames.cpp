#include "picture/frames.hpp"

#include "base/text.hpp"

namespace shop::picture {
namespace {

constexpr std::size_t kLineBytesMax = 32;

// Takes one off the front of `text`; nothing where it is not of this width, or not whole.
std::optional<Rendition> take_rendition(std::string_view& text, int width) {
    const auto end = text.substr(0, kLineBytesMax).find('\n');
    if (end == text.npos) return std::nullopt;
    const auto words = split(text.substr(0, end), ' ');
    text.remove_prefix(end + 1);
    if (words.size() != 2 || parse_int(words[0]) != width) return std::nullopt;
    const auto bytes = parse_int(words[1]);
    if (!bytes || *bytes < 1 || *bytes > std::int64_t{kRenditionBytesMax} ||
        *bytes > std::ssize(text))
        return std::nullopt;
    Rendition out{width, std::string(text.substr(0, static_cast<std::size_t>(*bytes)))};
    text.remove_prefix(out.jpeg.size());
    return out;
}

}  // namespace

std::string write_renditions(const std::vector<Rendition>& renditions) {
    std::string out;
    for (const Rendition& one : renditions) {
        out += std::to_string(one.width) + ' ' + std::to_string(one.jpeg.size()) + '\n';
        out += one.jpeg;
    }
    return out;
}

Result<std::vector<Rendition>> read_renditions(std::string_view text) {
    std::vector<Rendition> out;
    for (const int width : kWidths) {
        auto one = take_rendition(text, width);
        if (!one) return fail(Code::internal, "shop-picture wrote something else than pictures.");
        out.push_back(std::move(*one));
    }
    if (!text.empty()) return fail(Code::internal, "shop-picture wrote more than its pictures.");
    return out;
}

}  // namespace shop::picture
