// Which endpoints are asked for: the services count by the endpoint's id, and their own contract
// says which id is which path.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "deploy/in_use.hpp"
#include "deploy/preflight.hpp"
#include "http/client.hpp"

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kAnswerBytesMax = 4 * 1024 * 1024;  // userd's contract has 100 KiB

std::string label_of(std::string_view line, std::string_view name) {
    const std::string start = std::string(name) + "=\"";
    const auto at = line.find(start);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + start.size());
    return std::string(line.substr(0, line.find('"')));
}

Result<std::string> body_of(http::Client& client, const std::string& target) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    SHOP_TRY(answer, client.send(request, true));
    if (answer.status != 200)
        return fail(Code::unavailable,
                    client.url() + target + " answers " + std::to_string(answer.status) + '.');
    return std::move(answer.body);
}

Result<std::vector<std::string>> asked_of(const std::string& url) {
    SHOP_TRY(client, http::Client::make(url, {.answer_bytes_max = kAnswerBytesMax}));
    SHOP_TRY(metrics, body_of(*client, "/metrics"));
    SHOP_TRY(contract, body_of(*client, "/openapi.json"));
    return endpoints_asked(metrics, contract);
}

}  // namespace

std::vector<std::string> endpoints_asked(std::string_view metrics, std::string_view openapi) {
    std::set<std::string> ids;
    for (const auto line : split(metrics, '\n')) {
        if (!line.starts_with("shop_http_requests_total{")) continue;
        // Whoever was refused does not use it: else a stranger could keep an endpoint for ever.
        const auto status = parse_int(label_of(line, "status"));
        if (status && *status < 400) ids.insert(label_of(line, "endpoint"));
    }
    std::vector<std::string> out;
    const auto contract = parse_json(openapi);
    if (!contract || !contract->is_object() || !contract->contains("paths")) return out;
    for (const auto& [path, methods] : contract->at("paths").items()) {
        if (!methods.is_object()) continue;
        for (const auto& [method, operation] : methods.items())
            if (operation.is_object() && ids.contains(operation.value("operationId", "")))
                out.push_back(to_upper(method) + ' ' + path);
    }
    std::ranges::sort(out);
    return out;
}

std::vector<Need> endpoints_in_use(const Manifest& manifest) {
    std::vector<Need> out;
    for (const ServiceManifest& service : manifest.services) {
        const auto asked = asked_of(service.url);
        if (!asked) continue;
        for (const std::string& endpoint : *asked) out.push_back({service.name, endpoint});
    }
    return out;
}

}  // namespace shop::cli::deploy
