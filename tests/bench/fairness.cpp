// Whether a server starves any of many keep-alive connections.
//
//     bench_fairness URL TARGET CONNECTIONS SECONDS
//
// Prints, in one line: answers/s; the fewest, the median and the most answers of a connection;
// connections without any; p50 and p99 in ms; failed requests.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "bench/keepalive_load.hpp"

namespace {

using namespace shop::bench;

template <class T>
T at_share(std::vector<T>& sorted, double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

int measure(const LoadPlan& plan, int seconds) {
    LoadResult result = run_load(plan);
    auto& answers = result.answers;
    auto& times = result.times;
    std::ranges::sort(answers);
    std::ranges::sort(times);
    const auto ms = [](auto time) {
        return std::chrono::duration<double, std::milli>(time).count();
    };
    const auto sum = std::accumulate(answers.begin(), answers.end(), std::uint64_t{0});
    fmt::print("{} {} {} {} {} {:.2f} {:.2f} {}\n", sum / static_cast<std::uint64_t>(seconds),
               answers.front(), at_share(answers, 0.5), answers.back(),
               std::ranges::count(answers, std::uint64_t{0}), ms(at_share(times, 0.5)),
               ms(at_share(times, 0.99)), result.failed);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 4) {
            const int seconds = std::stoi(words[3]);
            return measure({.url = words[0],
                            .target = words[1],
                            .connections = std::stoul(words[2]),
                            .answers_max = std::numeric_limits<std::uint64_t>::max(),
                            .time_max = std::chrono::seconds(seconds)},
                           seconds);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_fairness: {}\n", error.what());
        return 1;
    }
    fmt::print(stderr, "Usage: see the head of tests/bench/fairness.cpp\n");
    return 2;
}
