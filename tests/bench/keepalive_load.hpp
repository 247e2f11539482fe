// Load of many keep-alive connections on one HTTP server, counted for each connection: one epoll
// thread, each connection in a closed loop of GET and answer. wrk sums over its connections, so it
// cannot tell one that starves.
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
    // It ends with so many answers, all connections together, or so much time; what comes first.
    std::uint64_t answers_max = 0;
    std::chrono::milliseconds time_max{0};
};

struct LoadResult {
    std::vector<std::uint64_t> answers;  // of each connection; 200 alone counts
    // From a request to its whole answer; a request that has none at the end counts with its wait.
    std::vector<std::chrono::nanoseconds> times;
    std::uint64_t failed = 0;  // lost in between, or answered with another status
};

// All connections are open before the first request. std::runtime_error where the server cannot
// be reached; a connection that it closes is opened again.
LoadResult run_load(const LoadPlan& plan);

}  // namespace shop::bench
