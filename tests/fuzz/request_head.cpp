// The head of a request, as a client's bytes come in.
#include <string>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/wire.hpp"
#include "input.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kBodyBytesMax = 4096;  // of a request that is written again

bool same(const Request& a, const Request& b) {
    return a.method == b.method && a.target == b.target && a.segments == b.segments &&
           a.query == b.query && a.headers.all() == b.headers.all();
}

bool same(const Head& a, const Head& b) {
    return a.bytes == b.bytes && a.content_length == b.content_length &&
           a.keep_alive == b.keep_alive && a.expect_continue == b.expect_continue;
}

// Another reader finds the same end and the same lines.
void check_framing(std::string_view data, const Head& head) {
    assert(head.bytes <= limits::kHeadBytesMax);
    assert(data.find("\r\n\r\n") + 4 == head.bytes);
    const auto text = data.substr(0, head.bytes);
    for (std::size_t i = 1; i < text.size(); ++i) {
        assert((text[i] == '\n') == (text[i - 1] == '\r'));
    }
    assert(!fuzz::has_control(text, "\r\n\t"));
}

void check_fields(const Request& request, const Head& head, bool old_version) {
    const Headers& headers = request.headers;
    assert(headers.size() <= limits::kHeadFieldsMax);
    assert(headers.count("host") == 1 || (headers.count("host") == 0 && old_version));
    assert(headers.count("transfer-encoding") == 0 && headers.count("content-encoding") == 0);
    assert(headers.count("content-length") <= 1);
    const auto length = parse_int(headers.get("content-length").value_or("0"));
    assert(length && static_cast<std::size_t>(*length) == head.content_length);
    for (const auto& [name, value] : headers.all()) {
        assert(!name.empty() && to_lower(name) == name);
        assert(name.find_first_of(" \t:\r\n") == std::string::npos);
        assert(trim(value) == value && !fuzz::has_control(value, "\t"));
    }
}

// What was read from a part of the bytes is what is read from all of them.
void check_cut(std::string_view data, std::size_t at, const HeadResult& whole,
               const Request& request) {
    const fuzz::Exact part(data.substr(0, at));
    Request other;
    const HeadResult result = read_request_head(part.text(), other);
    if (result.progress == Progress::incomplete) {
        assert(whole.progress != Progress::complete || at < whole.head.bytes);
        return;
    }
    assert(result.progress == whole.progress);
    if (result.progress == Progress::complete) {
        assert(same(request, other) && same(whole.head, result.head));
    } else {
        assert(result.status == whole.status && result.reason == whole.reason);
    }
}

void check_written_again(Request request, const Head& head, bool old_version) {
    if (head.content_length > kBodyBytesMax) return;
    const std::string host(request.headers.get("host").value_or("localhost"));
    Headers others;
    for (const auto& [name, value] : request.headers.all()) {
        if (name != "host" && name != "content-length") others.add(name, value);
    }
    request.headers = others;
    request.body.assign(head.content_length, 'x');
    const std::string written = write_request(request, host);
    Request again;
    const HeadResult result = read_request_head(written, again);
    // The fields that the writer adds may be too many.
    if (result.progress == Progress::refused && result.status == 431) return;
    assert(result.progress == Progress::complete);
    assert(result.head.bytes + request.body.size() == written.size());
    assert(result.head.content_length == head.content_length);
    assert(old_version || same({written.size() - request.body.size(), head.content_length,
                                head.keep_alive, head.expect_continue},
                               result.head));
    assert(again.headers.get("host") == host);
    Headers read;
    for (const auto& [name, value] : again.headers.all()) {
        if (name != "host" && name != "content-length") read.add(name, value);
    }
    again.headers = read;
    assert(same(request, again));
}

void check_refusal(const HeadResult& result) {
    static const std::vector<int> known = {400, 411, 413, 414, 415, 417, 431, 501, 505};
    assert(std::ranges::find(known, result.status) != known.end() && !result.reason.empty());
}

void check(std::string_view data) {
    Request request;
    const HeadResult whole = read_request_head(data, request);
    for (const std::size_t at : fuzz::cuts(data)) check_cut(data, at, whole, request);
    if (whole.progress == Progress::refused) check_refusal(whole);
    if (whole.progress != Progress::complete) return;
    check_cut(data, whole.head.bytes, whole, request);
    check_cut(data, whole.head.bytes - 1, whole, request);
    const bool old_version = data.substr(0, data.find("\r\n")).ends_with("HTTP/1.0");
    check_framing(data, whole.head);
    check_fields(request, whole.head, old_version);
    check_written_again(request, whole.head, old_version);
}

}  // namespace
}  // namespace shop::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::http::check(shop::fuzz::text_of(data, size));
    return 0;
}
