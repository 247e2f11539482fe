// Guessing slows down: by account, by address, and for guesses at once.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "http/userd_shop.hpp"
#include "userd/backoff.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;
using users::SignInBackoff;

namespace {

const std::string kNowhere = "unix";

// How long the next attempt has to wait; zero: it failed now.
int fail_once(SignInBackoff& backoff, const std::string& account, const std::string& address,
              Time now) {
    auto attempt = backoff.begin(account, address, now);
    if (!attempt) return attempt.error().retry_after_seconds;
    attempt->failed(now);
    return 0;
}

bool may(SignInBackoff& backoff, const std::string& account, const std::string& address, Time now) {
    return backoff.begin(account, address, now).has_value();
}

}  // namespace

TEST_CASE("session_create: five failures slow an account down, and it alone", "[userd]") {
    UserShop shop;
    shop.add("ada");
    for (int i = 0; i < 5; ++i)  // its names count together
        CHECK(shop.try_sign_in(i % 2 ? "ada" : "ADA@example.org", "wrong one").status == 401);
    const auto slowed = shop.try_sign_in("ada");
    CHECK(slowed.status == 429);
    CHECK(problem_type(slowed) == "resource_exhausted");
    CHECK(slowed.headers.get("retry-after") == "1");
    CHECK(shop.try_sign_in("root").status == 201);
    shop.rig().clock().advance(1s);
    CHECK(shop.try_sign_in("ada", "wrong one").status == 401);
    CHECK(shop.try_sign_in("ada").headers.get("retry-after") == "2");
    shop.rig().clock().advance(2s);
    CHECK(shop.try_sign_in("ada").status == 201);
    // All is forgiven by a right password.
    CHECK(shop.try_sign_in("ada", "wrong one").status == 401);
    CHECK(shop.try_sign_in("ada").status == 201);
}

TEST_CASE("session_create: of guesses at once no more get through than one after the other",
          "[userd]") {
    UserShop shop;
    shop.add("ada");
    std::atomic<int> wrong = 0, other = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i)
        threads.emplace_back(
            [&] { ++(shop.try_sign_in("ada", "wrong one").status == 401 ? wrong : other); });
    for (auto& thread : threads) thread.join();
    CHECK(wrong >= 1);
    CHECK(wrong <= users::kFailuresFree);
    CHECK(wrong + other == 16);
}

TEST_CASE("session_create: an address that fails for many accounts is slowed down", "[userd]") {
    UserShop shop;
    for (int i = 0; i < users::kFailuresFreeAddress; ++i)
        CHECK(shop.try_sign_in("nobody" + std::to_string(i)).status == 401);
    const auto slowed = shop.try_sign_in("root");
    CHECK(slowed.status == 429);
    CHECK(slowed.headers.get("retry-after") == "1");
    CHECK_THAT(detail_of(slowed), Catch::Contains("your address"));
    shop.rig().clock().advance(1s);
    CHECK(shop.try_sign_in("root").status == 201);
    // Who guesses has an account too, so that forgives nothing.
    CHECK(shop.try_sign_in("nobody").status == 401);
    CHECK(shop.try_sign_in("root").headers.get("retry-after") == "2");
}

TEST_CASE("backoff: the wait doubles up to a minute and no further", "[userd]") {
    SignInBackoff backoff;
    Time now{};
    std::vector<int> waits;
    for (int i = 0; i < 15; ++i) {
        CHECK(fail_once(backoff, "ada", kNowhere, now) == 0);
        const auto wait = [&] {
            const auto next = backoff.begin("ada", kNowhere, now);
            return next ? 0 : next.error().retry_after_seconds;
        };
        waits.push_back(wait());
        now += std::chrono::seconds(waits.back());
        CHECK(may(backoff, "ada", kNowhere, now));
    }
    CHECK(waits == std::vector<int>{0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60});
}

TEST_CASE("backoff: what is under way counts until it is known", "[userd]") {
    SignInBackoff backoff;
    const Time now{};
    std::vector<SignInBackoff::Attempt> under_way;
    for (int i = 0; i < users::kFailuresFree; ++i) {
        auto attempt = backoff.begin("ada", kNowhere, now);
        REQUIRE(attempt);
        under_way.push_back(*std::move(attempt));
    }
    const auto refused = backoff.begin("ada", kNowhere, now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::resource_exhausted);
    CHECK(refused.error().retry_after_seconds == 1);
    CHECK(may(backoff, "bob", kNowhere, now));
    // One that ended without a result leaves nothing; one that failed stays.
    under_way.pop_back();
    CHECK(may(backoff, "ada", kNowhere, now));
    under_way.back().failed(now);
    CHECK(may(backoff, "ada", kNowhere, now));
    under_way.clear();
    CHECK(may(backoff, "ada", kNowhere, now));
}

TEST_CASE("backoff: beyond the free failures there is one attempt at a time", "[userd]") {
    SignInBackoff backoff;
    Time now{};
    for (int i = 0; i < users::kFailuresFree; ++i) fail_once(backoff, "ada", kNowhere, now);
    now += 1s;
    {
        const auto one = backoff.begin("ada", kNowhere, now);
        REQUIRE(one);
        CHECK_FALSE(may(backoff, "ada", kNowhere, now));
    }
    auto right = backoff.begin("ada", kNowhere, now);
    REQUIRE(right);
    right->succeeded();
    for (int i = 0; i < users::kFailuresFree; ++i)
        CHECK(fail_once(backoff, "ada", kNowhere, now) == 0);
}

TEST_CASE("backoff: an IPv6 network counts as one address, a Unix socket as none", "[userd]") {
    SignInBackoff backoff;
    const Time now{};
    const auto exhaust = [&](const std::string& address) {
        for (int i = 0; i < users::kFailuresFreeAddress; ++i)
            CHECK(fail_once(backoff, address + std::to_string(i), address, now) == 0);
        return !may(backoff, "new", address, now);
    };
    CHECK(exhaust("2001:db8:1:2::1"));
    CHECK_FALSE(may(backoff, "new", "2001:db8:1:2:ffff::7", now));
    CHECK(may(backoff, "new", "2001:db8:1:3::1", now));
    CHECK(exhaust("192.0.2.1"));
    CHECK(may(backoff, "new", "192.0.2.2", now));
    CHECK_FALSE(exhaust("unix"));
}

TEST_CASE("backoff: an hour without a failure forgives", "[userd]") {
    SignInBackoff backoff;
    Time now{};
    for (int i = 0; i < users::kFailuresFree; ++i) fail_once(backoff, "ada", "192.0.2.1", now);
    CHECK_FALSE(may(backoff, "ada", "192.0.2.1", now));
    now += users::kForgotten;
    for (int i = 0; i < users::kFailuresFree; ++i)
        CHECK(fail_once(backoff, "ada", "192.0.2.1", now) == 0);
}

TEST_CASE("backoff: more accounts than it remembers are no end of it", "[userd]") {
    SignInBackoff backoff;
    const Time now{};
    for (int i = 0; i < 25'000; ++i) fail_once(backoff, std::to_string(i), kNowhere, now);
    for (int i = 0; i < users::kFailuresFree; ++i) fail_once(backoff, "ada", kNowhere, now);
    CHECK_FALSE(may(backoff, "ada", kNowhere, now));
}
