// What a server still does when it is asked for more than it can.
//
//     bench_overload URL TARGET SECONDS
//
// First as fast as it answers (its capacity), then at a half, once, twice and five times that rate,
// whatever comes back. A good answer is one with 200 that comes within two seconds, our own
// clients' patience. Health is asked for beside it all the while.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>

#include "base/limits.hpp"
#include "bench/keepalive_load.hpp"
#include "http/client.hpp"

namespace {

using namespace shop;
using namespace std::chrono_literals;

constexpr auto kPatience = limits::kCallDeadline;
constexpr std::size_t kCapacityConnections = 32;
constexpr std::size_t kCrowd = 3000;

struct Row {
    double offered = 0;
    double good = 0;
    std::uint64_t failed = 0;
    double refused = 0;
    double unsent = 0;
    double p99_ms = 0;  // of the good ones
    int health_failed = 0;
    double health_worst_ms = 0;
};

// Asks /readyz twenty times a second until it is told to stop.
void watch_health(const std::string& url, const std::atomic<bool>& over, Row& row) {
    const auto client = http::Client::make(url, {.deadline = 2s, .breaker_failures = 0});
    http::Request request;
    request.method = "GET";
    request.target = "/readyz";
    while (!over) {
        const auto began = std::chrono::steady_clock::now();
        const auto answer = (*client)->send(request, false);
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - began;
        row.health_failed += answer && answer->status == 200 ? 0 : 1;
        row.health_worst_ms = std::max(row.health_worst_ms, took.count());
        std::this_thread::sleep_for(50ms);
    }
}

Row measure(const bench::LoadPlan& plan) {
    Row row;
    std::atomic<bool> over{false};
    std::thread health([&] { watch_health(plan.url, over, row); });
    auto result = bench::run_load(plan);
    over = true;
    health.join();
    const double seconds = std::chrono::duration<double>(plan.time_max).count();
    auto& times = result.times;
    std::ranges::sort(times);
    const auto late = std::ranges::upper_bound(times, std::chrono::nanoseconds(kPatience));
    const auto good = late - times.begin();
    row.offered = plan.rate;
    row.failed = result.failed;
    row.good = static_cast<double>(good) / seconds;
    row.refused = static_cast<double>(result.refused) / seconds;
    row.unsent = static_cast<double>(result.unsent) / seconds;
    if (good > 0)
        row.p99_ms = std::chrono::duration<double, std::milli>(
                         times[static_cast<std::size_t>(good) * 99 / 100])
                         .count();
    return row;
}

int run(const std::string& url, const std::string& target, int seconds) {
    bench::LoadPlan plan{.url = url,
                         .target = target,
                         .connections = kCapacityConnections,
                         .answers_max = std::numeric_limits<std::uint64_t>::max(),
                         .time_max = std::chrono::seconds(seconds)};
    const Row closed = measure(plan);
    if (closed.failed > 0) throw std::runtime_error("not every answer was 200");
    const double capacity = closed.good;
    fmt::print("Capacity, {} connections: {:.0f} answers/s\n", kCapacityConnections, capacity);
    fmt::print("{:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>12} {:>14}\n", "times", "asked/s",
               "good/s", "refused/s", "unsent/s", "p99 ms", "of the peak", "health worst");
    plan.connections = kCrowd;
    double peak = capacity;
    int health_failed = 0;
    for (const double times : {0.5, 1.0, 2.0, 5.0}) {
        plan.rate = capacity * times;
        const Row row = measure(plan);
        peak = std::max(peak, row.good);
        health_failed += row.health_failed;
        fmt::print(
            "{:>10.1f} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.1f} {:>12.2f} {:>11.1f} ms\n",
            times, row.offered, row.good, row.refused, row.unsent, row.p99_ms, row.good / peak,
            row.health_worst_ms);
    }
    fmt::print("Health checks that failed: {} (goal: 0). Goal at five times: 0.80 of the peak\n",
               health_failed);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 3) return run(words[0], words[1], std::stoi(words[2]));
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_overload: {}\n", error.what());
        return 1;
    }
    fmt::print(stderr, "Usage: see the head of tests/bench/overload.cpp\n");
    return 2;
}
