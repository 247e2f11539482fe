// The target of a request: path and query; and percent-encoding, which it is written in.
#include "http/target.hpp"

#include <string>

#include "base/text.hpp"
#include "input.hpp"

namespace shop::http {
namespace {

void check_percent(std::string_view text) {
    const std::string encoded = percent_encode(text);
    for (const bool plus_is_space : {false, true}) {
        assert(percent_decode(encoded, plus_is_space) == text);
        const auto decoded = percent_decode(text, plus_is_space);
        assert(!decoded || decoded->size() <= text.size());
        assert(!decoded || percent_decode(percent_encode(*decoded), plus_is_space) == decoded);
    }
}

// What a decoded segment must not be: a second reader would take the path for another one.
void check_segment(const std::string& segment) {
    assert(!segment.empty() && segment != "." && segment != "..");
    assert(segment.find('/') == std::string::npos && !fuzz::has_control(segment));
    assert(is_utf8(segment));
}

void check_parts(std::string_view target, const Request& request) {
    assert(request.target == target);
    const auto path = request.path();
    assert(path == target || target.substr(path.size() + 1) == request.query);
    assert(path != target || request.query.empty());
    assert(path.starts_with('/') && path.find('\\') == std::string_view::npos);
    const auto slashes = static_cast<std::size_t>(std::ranges::count(path, '/'));
    assert(path == "/" ? request.segments.empty() : request.segments.size() == slashes);
    assert(percent_decode(request.query, true).has_value());
    assert(target.find_first_of("# ") == std::string_view::npos && !fuzz::has_control(target));
}

void check_written_again(const Request& request) {
    std::string target = request.segments.empty() ? "/" : "";
    for (const auto& segment : request.segments) target += "/" + percent_encode(segment);
    if (!request.query.empty()) target += "?" + request.query;
    Request again;
    assert(read_target(target, again).empty());
    assert(again.segments == request.segments && again.query == request.query);
}

void check(std::string_view target) {
    check_percent(target);
    Request request;
    if (!read_target(target, request).empty()) return;
    check_parts(target, request);
    for (const auto& segment : request.segments) check_segment(segment);
    check_written_again(request);
}

}  // namespace
}  // namespace shop::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::http::check(shop::fuzz::text_of(data, size));
    return 0;
}
