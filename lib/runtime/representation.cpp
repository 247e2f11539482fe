#include "runtime/representation.hpp"

#include "base/text.hpp"

namespace shop::runtime {
namespace {

constexpr std::size_t kGzipBytesMin = 1024;  // below, fewer bytes make no fewer packets
constexpr std::string_view kCodedEnd = ".gz\"";

std::string_view opaque(std::string_view etag) {
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    if (etag.ends_with(kCodedEnd)) return etag.substr(0, etag.size() - kCodedEnd.size());
    return etag.substr(0, etag.size() - (etag.ends_with('"') ? 1 : 0));
}

// The one of the client's ETags that is this one's, or "*"; empty where none is. Ours hold no
// comma.
std::string_view matching(std::string_view known, std::string_view etag) {
    while (!known.empty()) {
        const auto comma = known.find(',');
        const auto item = trim(known.substr(0, comma));
        known = comma == std::string_view::npos ? "" : known.substr(comma + 1);
        if (item == "*" || opaque(item) == opaque(etag)) return item;
    }
    return "";
}

bool is_json(const http::Response& response) {
    return response.headers.get("content-type") == "application/json";
}

bool is_worth_coding(const http::Response& response) {
    const auto type = response.headers.get("content-type").value_or("");
    return response.body.size() >= kGzipBytesMin &&
           (is_json(response) || type.starts_with("text/") || type == "image/svg+xml");
}

// Other text is metrics and pages of one visitor, which are never the same again.
bool is_same_again(const http::Response& response) {
    return is_json(response) ||
           response.headers.get("cache-control").value_or("").starts_with("public");
}

void code(http::Response& response, http::GzipCache* cache) {
    response.body =
        cache && is_same_again(response) ? *cache->coded(response.body) : http::gzip(response.body);
    response.headers.set("content-encoding", "gzip");
    if (const auto etag = response.headers.get("etag"))
        response.headers.set("etag", std::string(opaque(*etag)).append(kCodedEnd));
}

}  // namespace

void fit_to_request(const http::Request& request, http::Response& response,
                    http::GzipCache* cache) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (!reads || response.status != 200) return;
    const bool coded = is_worth_coding(response);
    if (coded) response.headers.set("vary", "accept-encoding");
    const auto etag = response.headers.get("etag");
    const auto known = request.headers.get("if-none-match");
    const std::string_view match = etag && known ? matching(*known, *etag) : "";
    if (!match.empty()) {
        response.status = 304;
        response.body.clear();
        if (match != "*") response.headers.set("etag", std::string(match));
    } else if (coded && http::accepts_gzip(request.headers)) {
        code(response, cache);
    }
}

}  // namespace shop::runtime
