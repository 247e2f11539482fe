#include "runtime/revocations.hpp"

#include <atomic>
#include <mutex>

#include "http/front.hpp"
#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime;
using namespace shop::runtime::test;

namespace {

// A userd with a feed of sessions that ended; it gives two events a page and can be silent.
struct FeedingUserd {
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    std::atomic<bool> silent{false};
    std::mutex mutex;
    std::vector<api::Event> feed;    // guarded by mutex
    std::vector<std::string> asked;  // the queries; guarded by mutex
    std::unique_ptr<http::Front> front = std::make_unique<http::Front>(
        http::FrontOptions{.workers = 1}, [this](http::Request& request) { return tell(request); },
        [](int status, std::string_view) { return http::Response{status}; },
        [](std::string_view) {});
    std::unique_ptr<Revocations> revocations;

    FeedingUserd() {
        REQUIRE(front->listen_tcp("127.0.0.1", 0));
        REQUIRE(front->start());
        auto http = http::Client::make("http://127.0.0.1:" + std::to_string(front->port()),
                                       {.breaker_failures = 0});
        REQUIRE(http);
        revocations = std::make_unique<Revocations>(
            api::ApiClient(std::move(*http),
                           []() -> Result<std::string> { return std::string("t"); }),
            clock);
    }
    ~FeedingUserd() { revocations.reset(); }

    http::Response tell(const http::Request& request) {
        const std::lock_guard lock(mutex);
        http::Response response;
        if (silent) {
            response.status = 503;
            return response;
        }
        asked.push_back(request.query);
        std::int64_t after = 0;
        const auto query = http::parse_form(request.query);
        for (const auto& [name, value] : *query)
            if (name == "after") after = parse_json(value).value();
        api::EventPage page{.items = {}, .last = std::ssize(feed), .next = after};
        while (page.next < page.last && page.items.size() < 2)
            page.items.push_back(feed[static_cast<std::size_t>(page.next++)]);
        response.headers.set("content-type", "application/json");
        response.body = schema::encode_text(page);
        return response;
    }
    void end(const std::string& session) {
        const std::lock_guard lock(mutex);
        feed.push_back({.seq = std::ssize(feed) + 1,
                        .type = "session.ended",
                        .time = clock.now(),
                        .subject = session});
    }
    bool good(const std::string& session) const {
        return revocations->check({.user_id = "usr_1", .role = "customer", .session_id = session})
            .has_value();
    }
};

}  // namespace

TEST_CASE("revocations: what ended is refused, page by page, and nothing else", "[runtime]") {
    FeedingUserd userd;
    for (const char* id : {"ses_1", "ses_2", "ses_3", "ses_4", "ses_5"}) userd.end(id);
    CHECK(userd.good("ses_5"));
    REQUIRE(userd.revocations->pass());
    for (const char* id : {"ses_1", "ses_2", "ses_3", "ses_4", "ses_5"})
        CHECK_FALSE(userd.good(id));
    CHECK(userd.good("ses_6"));
    CHECK(userd.good(""));  // a service
    CHECK(userd.revocations->current());
    REQUIRE(userd.revocations->pass());
    REQUIRE(userd.asked.size() == 4);
    // By time at the start, by position from then on.
    CHECK_THAT(userd.asked[0], Catch::Contains("since=2026-11-24T09%3A49%3A00"));
    CHECK_THAT(userd.asked[0], Catch::Contains("types=session.ended"));
    CHECK_THAT(userd.asked[1], Catch::Contains("after=2"));
    CHECK_THAT(userd.asked[3], Catch::Contains("after=5") && !Catch::Contains("since"));
}

TEST_CASE("revocations: are forgotten when no token of theirs can live any more", "[runtime]") {
    FeedingUserd userd;
    userd.end("ses_1");
    REQUIRE(userd.revocations->pass());
    userd.clock.advance(limits::kAccessTokenLife);
    userd.end("ses_2");
    REQUIRE(userd.revocations->pass());
    CHECK_FALSE(userd.good("ses_1"));
    userd.clock.advance(61s);
    REQUIRE(userd.revocations->pass());
    CHECK(userd.good("ses_1"));
    CHECK_FALSE(userd.good("ses_2"));
}

TEST_CASE("revocations: without userd tokens are good, and what was missed is caught up",
          "[runtime]") {
    FeedingUserd userd;
    userd.end("ses_1");
    REQUIRE(userd.revocations->pass());
    userd.silent = true;
    userd.end("ses_2");
    CHECK_FALSE(userd.revocations->pass());
    CHECK(userd.good("ses_2"));
    CHECK_FALSE(userd.good("ses_1"));
    CHECK_FALSE(userd.revocations->current());
    const auto down = userd.revocations->health();
    CHECK(down.name == "userd");
    CHECK_FALSE(down.ok);
    CHECK_FALSE(down.vital);
    userd.silent = false;
    CHECK(userd.revocations->health().ok);
    CHECK_FALSE(userd.good("ses_2"));
}

TEST_CASE("revocations: a userd out of a backup is read anew", "[runtime]") {
    FeedingUserd userd;
    for (const char* id : {"ses_1", "ses_2", "ses_3"}) userd.end(id);
    REQUIRE(userd.revocations->pass());
    userd.feed.clear();
    userd.end("ses_7");
    REQUIRE(userd.revocations->pass());
    CHECK_FALSE(userd.good("ses_7"));
    CHECK_FALSE(userd.good("ses_3"));  // it can't have come back
}

TEST_CASE("revocations: the thread follows until it is stopped", "[runtime]") {
    FeedingUserd userd;
    userd.revocations->start();
    userd.end("ses_1");
    CHECK(appears([&] { return !userd.good("ses_1"); }));
    userd.revocations->stop();
}
