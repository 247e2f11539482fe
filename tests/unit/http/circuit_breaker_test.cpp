#include "http/circuit_breaker.hpp"

#include <thread>

#include "http/client.hpp"
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

namespace {

struct Fixture {
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    CircuitBreaker breaker{3, clock};

    // Whether the call went through.
    bool call(bool succeeds) {
        CircuitBreaker::Call call(breaker);
        if (succeeds && !call.refused()) call.succeeded();
        return !call.refused();
    }
    void fail(int times) {
        for (int i = 0; i < times; ++i) CHECK(call(false));
    }
};

}  // namespace

TEST_CASE("circuit breaker: opens after so many failures in a row") {
    Fixture f;
    f.fail(2);
    CHECK_FALSE(f.breaker.open());
    CHECK(f.call(true));
    f.fail(2);
    CHECK_FALSE(f.breaker.open());
    f.fail(1);
    CHECK(f.breaker.open());
    CHECK_FALSE(f.call(true));
    CHECK(f.breaker.open());
}

TEST_CASE("circuit breaker: after the pause one probe goes through, and its success closes it") {
    Fixture f;
    f.fail(3);
    CHECK(f.breaker.pause_left() >= CircuitBreaker::kPauseFirst / 2);
    CHECK(f.breaker.pause_left() <= CircuitBreaker::kPauseFirst);
    f.clock.advance(f.breaker.pause_left() - 1ms);
    CHECK_FALSE(f.call(true));
    f.clock.advance(1ms);
    {
        CircuitBreaker::Call probe(f.breaker);
        CHECK_FALSE(probe.refused());
        CHECK_FALSE(f.call(true));
        f.clock.advance(1h);
        CHECK_FALSE(f.call(true));
        CHECK(f.breaker.open());
        probe.succeeded();
    }
    CHECK_FALSE(f.breaker.open());
    // As before the first failure.
    f.fail(3);
    CHECK_FALSE(f.call(true));
    CHECK(f.breaker.pause_left() <= CircuitBreaker::kPauseFirst);
}

TEST_CASE("circuit breaker: each probe that fails doubles the pause, up to its limit") {
    Fixture f;
    f.fail(3);
    Millis most = CircuitBreaker::kPauseFirst;
    for (int i = 0; i < 8; ++i) {
        f.clock.advance(f.breaker.pause_left());
        CHECK(f.call(false));
        most = std::min(most * 2, CircuitBreaker::kPauseMax);
        CHECK(f.breaker.pause_left() >= most / 2);
        CHECK(f.breaker.pause_left() <= most);
        CHECK_FALSE(f.call(true));
    }
    CHECK(most == CircuitBreaker::kPauseMax);
}

TEST_CASE(
    "circuit breaker: calls that were under way when it opened may close it, not prolong it") {
    Fixture f;
    {
        CircuitBreaker::Call late(f.breaker);
        f.fail(3);
        f.clock.advance(f.breaker.pause_left());
    }
    CHECK(f.breaker.open());
    CHECK(f.breaker.pause_left() == 0ms);
    CHECK(f.call(true));
    {
        CircuitBreaker::Call late(f.breaker);
        f.fail(3);
        late.succeeded();
    }
    CHECK_FALSE(f.breaker.open());
}

TEST_CASE("circuit breaker: a clock that is set back does not keep it open") {
    Fixture f;
    f.fail(3);
    f.clock.advance(-1h);
    CHECK(f.call(true));
    CHECK_FALSE(f.breaker.open());
}

TEST_CASE("circuit breaker: with 0 failures it never opens") {
    const ManualClock clock{Time{}};
    CircuitBreaker breaker(0, clock);
    for (int i = 0; i < 100; ++i) CHECK_FALSE(CircuitBreaker::Call(breaker).refused());
    CHECK_FALSE(breaker.open());
}

TEST_CASE("circuit breaker: of many threads one makes the probe") {
    Fixture f;
    f.fail(3);
    f.clock.advance(f.breaker.pause_left());
    std::atomic<int> admitted{0};
    std::atomic<int> decided{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&] {
            const CircuitBreaker::Call call(f.breaker);
            if (!call.refused()) ++admitted;
            ++decided;
            while (decided < 8) std::this_thread::yield();
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(admitted == 1);
    CHECK(f.breaker.open());
}

TEST_CASE("Client: after failures in a row calls fail at once, until a probe succeeds") {
    const TempFolder folder;
    const auto path = folder.path() / "s";
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    ClientOptions options;
    options.breaker_failures = 2;
    options.clock = &clock;
    const std::string url = "unix:" + path.string();
    const auto client = client_of(url, options);
    for (int i = 0; i < 2; ++i) {
        CHECK_FALSE(client->circuit_open());
        CHECK_FALSE(client->send(request_of("GET", "/"), true));
    }
    CHECK(client->circuit_open());
    Front front({}, echo, refusal, [](std::string_view) {});
    REQUIRE(front.listen_unix(path, 0600));
    REQUIRE(front.start());
    const auto refused = client->send(request_of("GET", "/"), true);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::unavailable);
    CHECK(refused.error().retry_after_seconds == 1);
    CHECK_THAT(refused.error().message,
               Catch::Contains(url) && Catch::Contains("is not asked again for 0."));
    CHECK(front.stats().accepted == 0);
    clock.advance(CircuitBreaker::kPauseFirst);
    CHECK(client->send(request_of("GET", "/"), true));
    CHECK_FALSE(client->circuit_open());
    CHECK(client->send(request_of("GET", "/"), true));
}

TEST_CASE("Client: 502, 503, 504 and timeouts open the circuit breaker, other answers close it") {
    std::atomic<int> status{500};
    Server server({}, [&](Request&) {
        Response response;
        response.status = status;
        return response;
    });
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    ClientOptions options;
    options.breaker_failures = 2;
    options.clock = &clock;
    const auto client = client_of(server.url(), options);
    const auto ask = [&](int answer) {
        status = answer;
        const auto result = client->send(request_of("GET", "/"), true);
        return result ? result->status : 0;
    };
    for (const int fine : {500, 500, 429, 429, 404, 404, 200}) CHECK(ask(fine) == fine);
    for (const int down : {502, 503, 504}) {
        CHECK(ask(down) == down);
        CHECK(ask(500) == 500);
        CHECK(ask(down) == down);
        CHECK(ask(down) == down);
        CHECK(client->circuit_open());
        CHECK(ask(200) == 0);
        clock.advance(CircuitBreaker::kPauseFirst);
        CHECK(ask(200) == 200);
    }
    // A call that no server would read says nothing about the service.
    for (int i = 0; i < 3; ++i) CHECK_FALSE(client->send(request_of("GET", "no target"), true));
    CHECK_FALSE(client->circuit_open());

    Gate gate;
    Server slow({}, [&](Request& request) {
        gate.wait();
        return echo(request);
    });
    options.deadline = 20ms;
    const auto waiting = client_of(slow.url(), options);
    for (int i = 0; i < 2; ++i)
        CHECK(waiting->send(request_of("GET", "/"), true).error().code == Code::timeout);
    CHECK(waiting->circuit_open());
    gate.open();
}

TEST_CASE("Client: a call that succeeds after a retry is no failure, and 0 never opens") {
    std::atomic<int> busy{2};
    Server server({}, [&](Request&) {
        Response response;
        response.status = busy-- > 0 ? 503 : 200;
        return response;
    });
    ClientOptions options;
    options.breaker_failures = 1;
    options.retry_for = 10s;
    const auto strict = client_of(server.url(), options);
    CHECK(strict->send(request_of("GET", "/"), true)->status == 200);
    CHECK_FALSE(strict->circuit_open());

    options.breaker_failures = 0;
    busy = 10;
    const auto patient = client_of(server.url(), options);
    for (int i = 0; i < 10; ++i) CHECK(patient->send(request_of("GET", "/"), false)->status == 503);
    CHECK(patient->send(request_of("GET", "/"), false)->status == 200);
}
