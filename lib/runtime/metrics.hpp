// Metrics of one process in Prometheus' text format (prometheus-cpp core behind it).
//
// Names: shop_http_requests_total{endpoint,status}, shop_http_duration_seconds{endpoint}
// (histogram), shop_http_connections, shop_http_queued, shop_http_in_flight,
// shop_http_rejected_total{reason}, shop_store_commits_total, shop_store_changes_total,
// shop_store_bytes, shop_build_info{version,commit}, and what a daemon adds by itself with
// counter().
//
// Thread safety: any thread. What counter() returns lives as long as the Metrics.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/front.hpp"
#include "store/store.hpp"

namespace shop::runtime {

class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(double by = 1) = 0;
};

class Metrics {
public:
    Metrics(std::string version, std::string commit);
    ~Metrics();
    // `endpoint` is an endpoint's id: few and known, so that the number of series is bounded.
    void request(std::string_view endpoint, int status, std::chrono::nanoseconds duration);
    Counter& counter(const std::string& name, const std::string& help);
    // The text for /metrics; front and store figures are read at that moment.
    std::string text(const http::FrontStats& front, const store::Stats& store) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace shop::runtime
