#include "api/client.hpp"

#include <cassert>

#include "base/text.hpp"
#include "http/problem.hpp"

namespace shop::api {
namespace {

// Whether the same call twice does its work once.
bool repeatable(const Endpoint& endpoint, const CallOptions& options) {
    if (endpoint.method != "POST" && endpoint.method != "PATCH") return true;
    // A PATCH with If-Match applies at most once; confirm and release are idempotent by themselves,
    // as all calls of a reservation are.
    if (endpoint.method == "PATCH") return options.if_match != "*";
    return !options.idempotency_key.empty() || endpoint.scope == auth::scope::kStockReserve;
}

}  // namespace

ApiClient::ApiClient(std::unique_ptr<http::Client> http, TokenSource token)
    : http_(std::move(http)), token_(std::move(token)) {}

std::string target_of(const Endpoint& endpoint, const std::vector<std::string>& params,
                      const std::vector<std::pair<std::string, std::string>>& query) {
    std::string target;
    std::size_t used = 0;
    for (std::size_t at = 0; at < endpoint.path.size(); ++at) {
        if (endpoint.path[at] != '{') {
            target += endpoint.path[at];
            continue;
        }
        assert(used < params.size());
        target += percent_encode(params[used++]);
        at = endpoint.path.find('}', at);
    }
    assert(used == params.size());
    char separator = '?';
    for (const auto& [name, value] : query) {
        target += separator + percent_encode(name) + "=" + percent_encode(value);
        separator = '&';
    }
    return target;
}

Result<http::Response> ApiClient::send(const Endpoint& endpoint,
                                       const std::vector<std::string>& params,
                                       const CallOptions& options) const {
    http::Request request;
    request.method = endpoint.method;
    request.target = target_of(endpoint, params, options.query);
    request.headers.add("accept", "application/json");
    if (options.body) {
        request.body = dump(*options.body);
        request.headers.add("content-type",
                            endpoint.patch ? "application/merge-patch+json" : "application/json");
    }
    if (!options.content.empty()) request.body = options.content;
    std::string token = options.token.value_or("");
    if (!options.token && token_) {
        SHOP_TRY(own, token_());
        token = std::move(own);
    }
    if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) request.headers.add(name, value);
    };
    add("idempotency-key", options.idempotency_key);
    add("if-match", options.if_match);
    add("traceparent", options.traceparent);
    add("x-request-id", options.request_id);
    add("x-forwarded-for", options.client_address);
    add("user-agent", options.user_agent);
    add("content-type", options.content_type);
    SHOP_TRY(response, http_->send(request, repeatable(endpoint, options)));
    if (response.status >= 400) return tl::make_unexpected(http::error_from(response));
    return std::move(response);
}

}  // namespace shop::api
