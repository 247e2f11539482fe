// A response, as it comes from another service or a gateway: head, then a body by length or chunks.
#include <string>

#include "base/text.hpp"
#include "http/response_reader.hpp"
#include "input.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kBodyBytesMax = 32;  // small, so that the bound is reached

// What a reader made of some bytes.
struct Outcome {
    Progress progress;
    bool keep_alive;
    std::string reason;
    Response response;
};

Outcome read(std::string_view data, std::size_t piece, bool to_head) {
    ResponseReader reader(to_head, kBodyBytesMax);
    Progress progress = Progress::incomplete;
    for (std::size_t at = 0; at < data.size() && progress != Progress::refused; at += piece) {
        const fuzz::Exact part(data.substr(at, piece));
        progress = reader.feed(part.text());
    }
    return {progress, progress == Progress::complete && reader.keep_alive(), reader.reason(),
            reader.response()};
}

// However the network cuts the bytes, they say the same.
void check_pieces(std::string_view data, const Outcome& whole, bool to_head) {
    const std::size_t piece = 1 + std::hash<std::string_view>{}(data) % (64 + data.size() / 64);
    for (const Outcome& other :
         {read(data, piece, to_head), read(data, 1 + data.size() / 2, to_head)}) {
        assert(other.progress == whole.progress && other.keep_alive == whole.keep_alive);
        assert(other.reason == whole.reason);
        if (whole.progress != Progress::complete) continue;
        assert(other.response.status == whole.response.status);
        assert(other.response.headers.all() == whole.response.headers.all());
        assert(other.response.body == whole.response.body);
    }
}

bool has_body(int status, bool to_head) { return !to_head && status != 204 && status != 304; }

void check_body(const Response& response, bool to_head) {
    assert(response.status >= 200 && response.status <= 599);
    assert(response.body.size() <= kBodyBytesMax);
    if (!has_body(response.status, to_head)) {
        assert(response.body.empty());
        return;
    }
    const bool chunked = response.headers.count("transfer-encoding") == 1;
    assert(chunked || response.headers.count("content-length") == 1);
    const auto length = parse_int(response.headers.get("content-length").value_or(""));
    assert(chunked || (length && static_cast<std::size_t>(*length) == response.body.size()));
}

// The fields that the writer does not add by itself.
Headers own_fields(const Headers& headers) {
    Headers others;
    for (const auto& [name, value] : headers.all()) {
        const bool added = name == "date" || name == "connection" || name == "content-length" ||
                           name == "transfer-encoding";
        if (!added) others.add(name, value);
    }
    return others;
}

void check_written_again(Response response, bool keep_alive, bool to_head) {
    response.headers = own_fields(response.headers);
    const std::string written = write_response(response, keep_alive, to_head);
    const Outcome again = read(written, written.size(), to_head);
    // The fields that the writer adds may be too many.
    if (again.progress == Progress::refused && again.reason.starts_with("the head ")) return;
    assert(again.progress == Progress::complete && again.keep_alive == keep_alive);
    assert(again.response.status == response.status);
    assert(own_fields(again.response.headers).all() == response.headers.all());
    assert(again.response.body == response.body);
}

void check(std::string_view data, bool to_head) {
    const Outcome whole = read(data, data.size(), to_head);
    check_pieces(data, whole, to_head);
    assert((whole.progress == Progress::refused) == !whole.reason.empty());
    if (whole.progress != Progress::complete) return;
    check_body(whole.response, to_head);
    check_written_again(whole.response, whole.keep_alive, to_head);
}

}  // namespace
}  // namespace shop::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::http::check(shop::fuzz::text_of(data, size), false);
    shop::http::check(shop::fuzz::text_of(data, size), true);
    return 0;
}
