#include "local/readiness.hpp"

#include "base/json.hpp"
#include "http/client.hpp"

namespace shop::cli {

std::string readiness(const std::string& url) {
    auto client = http::Client::make(url, {});
    if (!client) return "down";
    http::Request request;
    request.method = "GET";
    request.target = "/readyz";
    const auto answer = (*client)->send(request, true);
    if (!answer) return "down";
    const auto health = parse_json(answer->body);
    return health && health->is_object() ? health->value("status", "unavailable") : "unavailable";
}

}  // namespace shop::cli
