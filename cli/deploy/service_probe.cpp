#include "deploy/service_probe.hpp"

#include <fmt/format.h>

#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;

constexpr auto kProbeDeadline = 2s;

Failure not_said(const std::string& service, std::string_view target, int status) {
    return fail(Code::unavailable,
                fmt::format("{} answers GET {} with {}", service, target, status));
}

}  // namespace

Result<ServiceProbe> ServiceProbe::make(const ServiceManifest& service) {
    // A breaker would keep silent about a service that has come up.
    SHOP_TRY(client,
             http::Client::make(service.url, {.deadline = kProbeDeadline, .breaker_failures = 0}));
    return ServiceProbe(service.name, std::move(client));
}

Result<http::Response> ServiceProbe::get(std::string_view target) const {
    http::Request request;
    request.method = "GET";
    request.target = std::string(target);
    request.headers.add("accept", "application/json");
    return client_->send(request, true);
}

Result<api::Health> ServiceProbe::health() const {
    SHOP_TRY(answer, get("/readyz?verbose=1"));
    if (answer.status != 200 && answer.status != 503)
        return not_said(name_, "/readyz", answer.status);
    // A 503 may be the front's own, which tells no health.
    auto health = schema::decode_text<api::Health>(answer.body, schema::Mode::stored);
    if (!health || health->status.empty()) return not_said(name_, "/readyz", answer.status);
    if (answer.status == 503) health->status = "unavailable";
    return health;
}

Result<api::Version> ServiceProbe::version() const {
    SHOP_TRY(answer, get("/version"));
    if (answer.status != 200) return not_said(name_, "/version", answer.status);
    return schema::decode_text<api::Version>(answer.body, schema::Mode::stored);
}

Result<ServiceMetrics> ServiceProbe::metrics() const {
    SHOP_TRY(answer, get("/metrics"));
    if (answer.status != 200) return not_said(name_, "/metrics", answer.status);
    return read_metrics(answer.body);
}

}  // namespace shop::cli::deploy
