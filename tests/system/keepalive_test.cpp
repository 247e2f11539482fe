// Many kept connections on the real daemon: nobody waits for ever while others are served.
#include <sys/resource.h>

#include <algorithm>

#include "bench/keepalive_load.hpp"
#include "http/client.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

constexpr std::size_t kConnections = 1024;
constexpr std::uint64_t kAnswersEach = 10;  // on average

// The daemon that is started afterwards inherits it.
void allow_descriptors(rlim_t count) {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    if (limit.rlim_cur >= count) return;
    limit.rlim_cur = count;
    limit.rlim_max = std::max(limit.rlim_max, count);
    INFO("the limit of open files cannot be raised; see ulimit -Hn");
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

bool answers(const std::string& url) {
    const auto client = http::Client::make(url, {});
    http::Request request;
    request.method = "GET";
    request.target = "/readyz";
    const auto answer = (*client)->send(request, true);
    return answer && answer->status == 200;
}

}  // namespace

TEST_CASE("keep-alive: each of 1,024 connections gets its answers") {
    allow_descriptors(2 * kConnections);
    const test::TempFolder folder;
    const std::string port = std::to_string(test::free_port_base());
    const std::string url = "http://127.0.0.1:" + port;
    const test::Process productd(
        test::binary("shop-productd"),
        {{"--port", port, "--data-dir", folder.path() / "store", "--keys-dir",
          folder.path() / "keys", "--log-level", "warning", "--queue-ms-max", "60000"}});
    REQUIRE(test::eventually([&] { return answers(url); }));
    auto result = bench::run_load({.url = url,
                                   .target = "/v1/products?limit=1",
                                   .connections = kConnections,
                                   .answers_max = kConnections * kAnswersEach,
                                   .time_max = std::chrono::minutes(1)});
    CHECK(result.failed == 0);
    CHECK(std::ranges::count(result.answers, std::uint64_t{0}) == 0);
}
