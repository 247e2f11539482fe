#include "runtime/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace shop::runtime {
namespace {

// Seconds: from a stored document handed out to a checkout that waits for another service.
const prometheus::Histogram::BucketBoundaries kBuckets = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

prometheus::MetricFamily figure(const std::string& name, const std::string& help,
                                prometheus::MetricType type, double value) {
    prometheus::ClientMetric metric;
    if (type == prometheus::MetricType::Counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
    return {name, help, type, {metric}};
}

class PrometheusCounter : public Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
    void add(double by) override { counter_.Increment(by); }

private:
    prometheus::Counter& counter_;
};

prometheus::MetricFamily rejects(const http::FrontStats& front) {
    prometheus::MetricFamily family{
        "shop_http_rejected_total",
        "Requests and connections refused before an endpoint, by reason.",
        prometheus::MetricType::Counter,
        {}};
    for (std::size_t i = 0; i < front.rejected.size(); ++i) {
        prometheus::ClientMetric metric;
        metric.label = {{"reason", std::string(http::kRejectNames[i])}};
        metric.counter.value = static_cast<double>(front.rejected[i]);
        family.metric.push_back(std::move(metric));
    }
    return family;
}

}  // namespace

struct Metrics::Impl {
    using Key = std::pair<std::string, int>;

    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests;
    prometheus::Family<prometheus::Histogram>& durations;
    // The library's own look-up hashes a map of labels each time; these are the few that there are.
    std::mutex mutex;
    std::map<Key, prometheus::Counter*, std::less<>> request_counters;
    std::map<std::string, prometheus::Histogram*, std::less<>> histograms;
    std::map<std::string, std::unique_ptr<Counter>> counters;

    Impl()
        : requests(prometheus::BuildCounter()
                       .Name("shop_http_requests_total")
                       .Help("Requests answered, by endpoint and status.")
                       .Register(registry)),
          durations(prometheus::BuildHistogram()
                        .Name("shop_http_duration_seconds")
                        .Help("Time from the whole request to its answer.")
                        .Register(registry)) {}
};

Metrics::Metrics(std::string version, std::string commit) : impl_(std::make_unique<Impl>()) {
    prometheus::BuildGauge()
        .Name("shop_build_info")
        .Help("What runs; always 1.")
        .Register(impl_->registry)
        .Add({{"version", std::move(version)}, {"commit", std::move(commit)}})
        .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::request(std::string_view endpoint, int status, std::chrono::nanoseconds duration) {
    const std::string name(endpoint);
    prometheus::Counter* counter = nullptr;
    prometheus::Histogram* histogram = nullptr;
    {
        const std::lock_guard lock(impl_->mutex);
        auto& known = impl_->request_counters[{name, status}];
        if (!known)
            known = &impl_->requests.Add({{"endpoint", name}, {"status", std::to_string(status)}});
        auto& times = impl_->histograms[name];
        if (!times) times = &impl_->durations.Add({{"endpoint", name}}, kBuckets);
        counter = known;
        histogram = times;
    }
    counter->Increment();
    histogram->Observe(std::chrono::duration<double>(duration).count());
}

Counter& Metrics::counter(const std::string& name, const std::string& help) {
    const std::lock_guard lock(impl_->mutex);
    auto& known = impl_->counters[name];
    if (!known)
        known = std::make_unique<PrometheusCounter>(
            prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add({}));
    return *known;
}

std::string Metrics::text(const http::FrontStats& front, const store::Stats& store) const {
    using prometheus::MetricType;
    auto families = impl_->registry.Collect();
    const auto add = [&](const char* name, const char* help, MetricType type, std::uint64_t value) {
        families.push_back(figure(name, help, type, static_cast<double>(value)));
    };
    add("shop_http_connections", "Open connections.", MetricType::Gauge, front.connections);
    add("shop_http_queued", "Requests that wait for a worker.", MetricType::Gauge, front.queued);
    add("shop_http_in_flight", "Requests that are being answered.", MetricType::Gauge,
        front.in_flight);
    families.push_back(rejects(front));
    add("shop_store_commits_total", "Transactions made durable.", MetricType::Counter,
        store.commits);
    add("shop_store_changes_total", "Changes in them.", MetricType::Counter, store.changes);
    add("shop_store_bytes", "Bytes in use on disk.", MetricType::Gauge, store.bytes_used);
    add("shop_store_bytes_max", "Bytes that the store can grow up to.", MetricType::Gauge,
        store.bytes_max);
    add("shop_store_almost_full", "1 where four fifths of that are used.", MetricType::Gauge,
        store.almost_full() ? 1 : 0);
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace shop::runtime
