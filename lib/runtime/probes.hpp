// The endpoints that every service has: /livez, /readyz, /metrics, /version, /openapi.json and
// /v1/events.
//
// Thread safety: handlers run on many threads.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "runtime/service.hpp"

namespace shop::runtime {

class Probes {
public:
    // All of them outlive the Probes.
    Probes(const ServiceParts& parts, const std::vector<Check>& checks,
           const std::atomic<bool>& ready, const std::function<http::FrontStats()>& front_stats);
    std::vector<std::pair<std::string, Handler>> handlers();

private:
    Result<Reply> ready(Call& call) const;
    Result<Reply> version() const;
    Result<Reply> events(Call& call);
    api::HealthCheck store_check() const;
    api::HealthCheck disk_check() const;

    const ServiceParts& parts_;
    const std::vector<Check>& checks_;
    const std::atomic<bool>& ready_;
    const std::function<http::FrontStats()>& front_stats_;
    std::string openapi_;
    std::atomic<int> waiting_{0};
};

}  // namespace shop::runtime
