// Calls that get no answer: repeated until --timeout, and made once.
#include <chrono>
#include <csignal>

#include "support/running_shop.hpp"

using namespace shop;

TEST_CASE("retry: with productd stopped a call ends with 6 soon after --timeout") {
    const test::RunningShop shop;
    const pid_t pid = shop.pid_of("productd");
    REQUIRE(::kill(pid, SIGSTOP) == 0);
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome = shop.ctl({"--timeout", "1", "product", "list"});
    const auto took = std::chrono::steady_clock::now() - begin;
    ::kill(pid, SIGCONT);
    CHECK(outcome.exit_code == 6);
    CHECK_THAT(outcome.err, Catch::Contains(shop.url("productd").substr(7)));
    CHECK(took >= std::chrono::seconds(1));
    // One attempt beyond the timeout at most, with room for a busy machine.
    CHECK(took < std::chrono::seconds(20));
    shop.ok({"product", "list"});
}

TEST_CASE("retry: a change sent to a service that comes back in time is made once") {
    const test::RunningShop shop;
    shop.ok({"product", "create", "RE-1", "--name", "Re", "--price", "1"});
    const pid_t pid = shop.pid_of("productd");
    REQUIRE(::kill(pid, SIGKILL) == 0);
    test::Process add(test::binary("shopctl"), {{"stock", "add", "RE-1", "5"}, shop.environment()});
    const auto outcome = add.wait();
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(shop.ok({"stock", "get", "RE-1", "-o", "name"}) == "5\n");
}
