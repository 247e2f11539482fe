#include "api/endpoint.hpp"

#include <algorithm>
#include <cassert>

#include "api/audit.hpp"
#include "api/common.hpp"
#include "api/stores.hpp"

namespace shop::api {

using schema::type_of;

std::vector<Code> all_errors(const Endpoint& endpoint) {
    std::vector<Code> codes = endpoint.errors;
    // An open call looks at a token too where one comes, and refuses a query where it takes none.
    const bool json = endpoint.style == Style::json;
    if (json || !endpoint.scope.empty()) codes.push_back(Code::unauthenticated);
    if (!endpoint.scope.empty()) codes.push_back(Code::permission_denied);
    const bool takes_input = json || endpoint.query || endpoint.request ||
                             endpoint.path.find('{') != std::string::npos ||
                             endpoint.idempotency != Idempotency::none;
    if (takes_input) codes.push_back(Code::invalid_argument);
    if (endpoint.request || !endpoint.request_media.empty()) {
        codes.push_back(Code::payload_too_large);
        codes.push_back(Code::unsupported_media_type);
    }
    if (endpoint.if_match) {
        codes.push_back(Code::failed_precondition);
        codes.push_back(Code::precondition_required);
    }
    if (endpoint.idempotency != Idempotency::none) {
        codes.push_back(Code::conflict);
        codes.push_back(Code::idempotency_mismatch);
    }
    codes.push_back(Code::internal);
    if (endpoint.style != Style::probe || endpoint.id == "readyz")
        codes.push_back(Code::unavailable);
    std::ranges::sort(codes);
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    return codes;
}

const Endpoint& ServiceTable::at(std::string_view id) const {
    const auto row = std::ranges::find(endpoints, id, &Endpoint::id);
    assert(row != endpoints.end());
    return *row;
}

std::vector<Endpoint> common_endpoints() {
    const auto* health = &type_of<Health>();
    return {
        {.id = "livez",
         .method = "GET",
         .path = "/livez",
         .summary = "Tell whether the process works",
         .scope = auth::scope::kOpen,
         .response = health,
         .style = Style::probe},
        {.id = "readyz",
         .method = "GET",
         .path = "/readyz",
         .summary = "Tell whether to send requests here",
         .scope = auth::scope::kOpen,
         .query = &type_of<HealthQuery>(),
         .response = health,
         .style = Style::probe},
        {.id = "metrics",
         .method = "GET",
         .path = "/metrics",
         .summary = "Figures in Prometheus' text format",
         .scope = auth::scope::kOpen,
         .media = "text/plain",
         .style = Style::probe},
        {.id = "version",
         .method = "GET",
         .path = "/version",
         .summary = "Tell what runs",
         .scope = auth::scope::kOpen,
         .response = &type_of<Version>(),
         .style = Style::probe},
        {.id = "openapi",
         .method = "GET",
         .path = "/openapi.json",
         .summary = "This description",
         .scope = auth::scope::kOpen,
         .media = "application/json",
         .style = Style::probe},
        {.id = "events",
         .method = "GET",
         .path = "/v1/events",
         .summary = "Read the event feed",
         .scope = auth::scope::kEventsRead,
         .query = &type_of<EventQuery>(),
         .response = &type_of<EventPage>()},
    };
}

ServiceTable make_table(std::string name, std::string title, int port, std::vector<Endpoint> own,
                        std::vector<Endpoint> course) {
    ServiceTable table{std::move(name), std::move(title), port, std::move(own)};
    for (auto& row : common_endpoints()) table.endpoints.push_back(std::move(row));
    for (auto& row : store_endpoints()) table.endpoints.push_back(std::move(row));
    for (auto& row : audit_endpoints()) table.endpoints.push_back(std::move(row));
    for (auto& row : course) table.endpoints.push_back(std::move(row));
    return table;
}

const std::vector<const ServiceTable*>& all_daemons() {
    static const std::vector<const ServiceTable*> daemons = [] {
        auto all = all_services();
        all.push_back(&storefront_service());
        return all;
    }();
    return daemons;
}

const std::vector<const ServiceTable*>& all_services() {
    static const std::vector<const ServiceTable*> services = {&users_service(), &products_service(),
                                                              &orders_service()};
    return services;
}

}  // namespace shop::api
