// Load of many keep-alive connections on one HTTP server, counted for each connection: one epoll
// thread; each connection asks again as soon as it is answered, or when its turn has come at a
// given rate. wrk sums over its connections, so it cannot tell one that starves, and it asks no
// faster than it is answered, so it cannot overload.
//
// Thread safety: calls share nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace shop::bench {

struct LoadPlan {
    std::string url;     // "http://127.0.0.1:8080"
    std::string target;  // "/v1/products?limit=1"
    std::size_t connections = 1;
    // Requests a second, whatever comes back; 0: as fast as they are answered. A request that finds
    // no connection free counts as unsent.
    double rate = 0;
    // It ends with so many answers, all connections together, or so much time; what comes first.
    std::uint64_t answers_max = 0;
    std::chrono::milliseconds time_max{0};
};

struct LoadResult {
    std::vector<std::uint64_t> answers;  // of each connection; 200 alone counts
    // From a request to its whole answer, of those with 200; a request that has none at
    // the end counts with its wait.
    std::vector<std::chrono::nanoseconds> times;
    std::uint64_t failed = 0;   // lost in between, or answered with another status
    std::uint64_t refused = 0;  // of them: 503
    std::uint64_t unsent = 0;
};

// All connections are open before the first request. std::runtime_error where the server cannot
// be reached; a connection that it closes is opened again.
LoadResult run_load(const LoadPlan& plan);

}  // namespace shop::bench
