#include "http/target.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace shop::http {
namespace {

constexpr std::string_view kPathMarks = "-._~!$&'()*+,;=:@%/";  // RFC 3986, 3.3
// Browsers and curl leave these unescaped in a query; nobody reads them for anything else.
constexpr std::string_view kQueryMarks = "?\"<>[]\\^`{|}";

enum Where : unsigned char { kNowhere = 0, kInQuery = 1, kInPath = 2 };

// Where a character may stand as it is.
constexpr std::array<unsigned char, 256> kAllowed = [] {
    std::array<unsigned char, 256> table{};
    const auto allow = [&](char c, unsigned char where) {
        table[static_cast<unsigned char>(c)] = where;
    };
    for (char c = 'a'; c <= 'z'; ++c) allow(c, kInPath | kInQuery);
    for (char c = 'A'; c <= 'Z'; ++c) allow(c, kInPath | kInQuery);
    for (char c = '0'; c <= '9'; ++c) allow(c, kInPath | kInQuery);
    for (const char c : kPathMarks) allow(c, kInPath | kInQuery);
    for (const char c : kQueryMarks) allow(c, kInQuery);
    return table;
}();

bool all_allowed(std::string_view text, Where where) {
    const auto allowed = [&](char c) {
        return (kAllowed[static_cast<unsigned char>(c)] & where) != 0;
    };
    return std::ranges::all_of(text, allowed);
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool escapes_whole(std::string_view text) {
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
    }
    return true;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

std::string_view read_segment(std::string_view raw, std::vector<std::string>& segments) {
    if (raw.empty()) return "the path has an empty segment or ends in a slash";
    std::string segment(raw);
    if (raw.find('%') != std::string_view::npos) {
        segment = percent_decode(raw, false).value_or("");
        if (segment.find('/') != std::string::npos) return "the path holds an encoded slash";
        if (std::ranges::any_of(segment, is_control)) return "the path holds a control byte";
        if (!is_utf8(segment)) return "the path is not UTF-8";
    }
    if (segment == "." || segment == "..") return "the path holds a dot segment";
    segments.push_back(std::move(segment));
    return {};
}

}  // namespace

std::string_view read_target(std::string_view target, Request& request) {
    if (!target.starts_with('/')) return "the target is not a path";
    const auto path_end = std::min(target.find('?'), target.size());
    const auto query = target.substr(std::min(path_end + 1, target.size()));
    auto path = target.substr(1, path_end - 1);
    if (!all_allowed(path, kInPath) || !all_allowed(query, kInQuery)) {
        return "the target holds a character that has to be percent-encoded";
    }
    if (!escapes_whole(target)) return "the target holds a broken percent escape";
    request.target = target;
    request.query = query;
    if (path.empty()) return {};
    while (true) {
        const auto end = path.find('/');
        const auto wrong = read_segment(path.substr(0, end), request.segments);
        if (!wrong.empty() || end == std::string_view::npos) return wrong;
        path.remove_prefix(end + 1);
    }
}

}  // namespace shop::http
