#include "http/address.hpp"

#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

namespace {

TimePoint in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

Resolver::LookUp counting(std::atomic<int>& asked) {
    return [&asked](const std::string& host, const std::string&) -> Result<SocketAddresses> {
        ++asked;
        return fail(Code::unavailable, host + " is not known");
    };
}

}  // namespace

TEST_CASE("Resolver: numeric hosts and localhost are never looked up") {
    std::atomic<int> asked{0};
    const auto families = [&](const std::string& host) {
        std::vector<int> found;
        // The time is over: whatever has to wait fails.
        const auto addresses = Resolver(host, "80", counting(asked)).resolve({});
        for (const auto& address : addresses.value_or(SocketAddresses{}))
            found.push_back(address.storage.ss_family);
        return found;
    };
    CHECK(families("127.0.0.1") == std::vector<int>{AF_INET});
    CHECK(families("::1") == std::vector<int>{AF_INET6});
    CHECK(families("localhost") == std::vector<int>{AF_INET, AF_INET6});
    CHECK(asked == 0);
    CHECK_FALSE(Resolver("productd", "80", counting(asked)).resolve(in(5s)));
    CHECK(asked == 1);
}

TEST_CASE("Resolver: localhost is 127.0.0.1 first, with the port") {
    Resolver resolver("localhost", "5002");
    const auto found = resolver.resolve({}).value();
    sockaddr_in first{};
    REQUIRE(found.at(0).size == sizeof first);
    std::memcpy(&first, &found.at(0).storage, sizeof first);
    CHECK(first.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(first.sin_port == htons(5002));
}

TEST_CASE("Resolver: a look-up that hangs ends with the caller's time, and is made once") {
    Gate gate;
    std::atomic<int> asked{0};
    Resolver resolver("productd", "80", [&](const std::string& host, const std::string& port) {
        ++asked;
        gate.wait();
        return look_up_name(host == "productd" ? "127.0.0.1" : host, port);
    });
    for (int i = 0; i < 3; ++i) {
        const auto late = resolver.resolve(in(10ms));
        REQUIRE_FALSE(late);
        CHECK(late.error().code == Code::timeout);
        CHECK_THAT(late.error().message, Catch::Contains("productd"));
    }
    CHECK(gate.reached(1));
    CHECK(asked == 1);
    gate.open();
    const auto found = resolver.resolve(in(5s));
    REQUIRE(found);
    CHECK(found->at(0).storage.ss_family == AF_INET);
}

TEST_CASE("Resolver: a name is looked up anew each time, since what it stands for may change") {
    std::atomic<int> asked{0};
    Resolver resolver("productd", "80", counting(asked));
    for (int i = 1; i <= 3; ++i) {
        const auto unknown = resolver.resolve(in(5s));
        REQUIRE_FALSE(unknown);
        CHECK(unknown.error().code == Code::unavailable);
        CHECK(asked == i);
    }
}
