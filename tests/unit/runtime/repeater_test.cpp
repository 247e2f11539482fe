#include "runtime/repeater.hpp"

#include <catch2/catch.hpp>
#include <semaphore>

using namespace std::chrono_literals;
using shop::Millis;
using shop::runtime::Repeater;

TEST_CASE("repeater: rounds follow each other, and stop() ends a long pause", "[repeater]") {
    std::counting_semaphore<> rounds(0);
    int done = 0;
    Repeater repeater;
    repeater.start([&](const std::stop_token&) -> Millis {
        rounds.release();
        return ++done < 3 ? 0ms : 1h;
    });
    for (int i = 0; i < 3; ++i) REQUIRE(rounds.try_acquire_for(10s));
    repeater.stop();
    CHECK(done == 3);
}

TEST_CASE("repeater: who wakes it during a round gets another one", "[repeater]") {
    std::counting_semaphore<> begun(0);
    std::counting_semaphore<> go_on(0);
    Repeater repeater;
    repeater.start([&](const std::stop_token&) -> Millis {
        begun.release();
        (void)go_on.try_acquire_for(10s);
        return 1h;
    });
    REQUIRE(begun.try_acquire_for(10s));
    repeater.wake();
    go_on.release();
    CHECK(begun.try_acquire_for(10s));
    go_on.release();
}

TEST_CASE("repeater: a round that waits for somebody hears of the end", "[repeater]") {
    std::counting_semaphore<> begun(0);
    bool asked = false;
    Repeater repeater;
    repeater.start([&](const std::stop_token& stop) -> Millis {
        begun.release();
        for (int i = 0; i < 10'000 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(1ms);
        asked = stop.stop_requested();
        return 1h;
    });
    REQUIRE(begun.try_acquire_for(10s));
    repeater.stop();
    CHECK(asked);
}
