#include "runtime/key_resolver.hpp"

#include <atomic>

#include "http/front.hpp"
#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime;
using namespace shop::runtime::test;

namespace {

// A userd that knows one key and counts how often it is asked; it can be taken down.
struct FakeUserd {
    std::atomic<int> asked{0};
    std::atomic<bool> active{true};
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    std::unique_ptr<http::Front> front = std::make_unique<http::Front>(
        http::FrontOptions{.workers = 1}, [this](http::Request& request) { return tell(request); },
        [](int status, std::string_view) { return http::Response{status}; },
        [](std::string_view) {});
    std::unique_ptr<api::ApiClient> client;

    FakeUserd() {
        REQUIRE(front->listen_tcp("127.0.0.1", 0));
        REQUIRE(front->start());
        auto http = http::Client::make("http://127.0.0.1:" + std::to_string(front->port()), {});
        REQUIRE(http);
        client = std::make_unique<api::ApiClient>(
            std::move(*http), []() -> Result<std::string> { return std::string("t"); });
    }
    http::Response tell(const http::Request& request) {
        ++asked;
        http::Response response;
        response.headers.set("content-type", "application/json");
        const bool known = active && parse_json(request.body).value()["token"] == "good";
        Json body = {{"active", known}};
        if (known)
            body.update({{"user_id", "usr_1"},
                         {"number", 1},
                         {"username", "ada"},
                         {"role", "customer"},
                         {"session_id", "ses_1"},
                         {"expires_at", format_time(clock.now() + 5min)}});
        response.body = dump(body);
        return response;
    }
};

}  // namespace

TEST_CASE("key resolver: whose key it is comes from userd, remembered for a moment", "[runtime]") {
    FakeUserd userd;
    const auto resolve = make_key_resolver(*userd.client, userd.clock);
    const auto who = resolve("good");
    REQUIRE(who);
    CHECK(who->user_id == "usr_1");
    CHECK(who->role == "customer");
    CHECK(resolve("good"));
    CHECK(userd.asked == 1);
    const auto unknown = resolve("bad");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == Code::unauthenticated);
}

TEST_CASE("key resolver: a key that was signed out ends within a moment", "[runtime]") {
    FakeUserd userd;
    const auto resolve = make_key_resolver(*userd.client, userd.clock);
    REQUIRE(resolve("good"));
    userd.active = false;
    userd.clock.advance(kKeyFresh);
    CHECK_FALSE(resolve("good"));
}

TEST_CASE("key resolver: with userd down, who was signed in goes on until the session ends",
          "[runtime]") {
    FakeUserd userd;
    const auto resolve = make_key_resolver(*userd.client, userd.clock);
    REQUIRE(resolve("good"));
    userd.front.reset();
    userd.clock.advance(1min);
    CHECK(resolve("good"));
    const auto stranger = resolve("other");
    REQUIRE_FALSE(stranger);
    CHECK(stranger.error().code == Code::unavailable);
    userd.clock.advance(5min);
    CHECK_FALSE(resolve("good"));
}
