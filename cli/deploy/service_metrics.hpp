// What a daemon's /metrics (Prometheus' text format, see lib/runtime/metrics.hpp) says of the
// requests that it answered.
//
// Thread safety: values and a free function.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace shop::cli::deploy {

// All of them since the process started.
struct EndpointFigures {
    double requests = 0;
    double errors = 0;   // of these, answered with 5xx
    double seconds = 0;  // that all the answers took together
};

struct ServiceMetrics {
    std::map<std::string, EndpointFigures> endpoints;  // by their ids: "product_get"
    // Answered with 503, or let go, before an endpoint had them: too much was going on.
    double refused = 0;
};

// Lines that it does not know, or that are broken, are passed over.
ServiceMetrics read_metrics(std::string_view text);

}  // namespace shop::cli::deploy
