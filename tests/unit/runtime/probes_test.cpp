#include <thread>

#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

namespace {

Json ready(Notes& shop, int status, const std::string& query = "") {
    const auto answer = shop.send("GET", "/readyz" + query);
    CHECK(answer.status == status);
    return json_of(answer);
}

http::Response feed(Notes& shop, const std::string& query) {
    return shop.send("GET", "/v1/events?" + query, {{"authorization", shop.bearer("staff")}});
}

}  // namespace

TEST_CASE("livez and version: what runs", "[runtime]") {
    Notes shop;
    const Json alive = json_of(shop.send("GET", "/livez"));
    CHECK(alive["status"] == "ok");
    CHECK(alive["service"] == "noted");
    CHECK(alive["checks"].empty());
    const Json version = json_of(shop.send("GET", "/version"));
    CHECK(version["version"] == "1.2.3");
    CHECK(version["commit"] == "abc");
}

TEST_CASE("readyz: checks one by one where asked for", "[runtime]") {
    Notes shop;
    CHECK(ready(shop, 200)["checks"].empty());
    const Json body = ready(shop, 200, "?verbose");
    CHECK(body["status"] == "ok");
    REQUIRE(body["checks"].size() == 2);
    CHECK(body["checks"][0]["name"] == "store");
    CHECK(body["checks"][0]["ok"] == true);
    CHECK(body["checks"][1]["name"] == "disk");
    CHECK(body["checks"][1]["ok"] == true);
}

TEST_CASE("readyz: degraded without something not vital, 503 without something vital",
          "[runtime]") {
    Notes shop;
    std::atomic<bool> vital_ok{true};
    shop.notes->service().add_check([] {
        return api::HealthCheck{"mail", false, false, "nobody answers"};
    });
    shop.notes->service().add_check([&] {
        return api::HealthCheck{"scales", vital_ok.load(), true, ""};
    });
    const Json degraded = ready(shop, 200, "?verbose");
    CHECK(degraded["status"] == "degraded");
    CHECK(degraded["checks"].size() == 4);
    CHECK(degraded["checks"][1]["detail"] == "nobody answers");
    vital_ok = false;
    CHECK(ready(shop, 503)["status"] == "unavailable");
    vital_ok = true;
    CHECK(ready(shop, 200)["status"] == "degraded");
}

TEST_CASE("readyz and metrics: a disk that is almost full is said, and is no outage yet",
          "[runtime]") {
    Notes shop;
    CHECK(shop.send("GET", "/metrics").body.find("shop_store_almost_full 0\n") !=
          std::string::npos);
    shop.notes->store().almost_full = true;
    const Json body = ready(shop, 200, "?verbose");
    CHECK(body["status"] == "degraded");
    CHECK(body["checks"][1]["detail"].get<std::string>().find("free space") != std::string::npos);
    CHECK(shop.send("GET", "/metrics").body.find("shop_store_almost_full 1\n") !=
          std::string::npos);
}

TEST_CASE("readyz: a store that can't be read is a 503", "[runtime]") {
    Notes shop;
    shop.notes->store().fails = true;
    const Json body = ready(shop, 503, "?verbose");
    CHECK(body["checks"][0]["ok"] == false);
    CHECK(body["checks"][0]["detail"] == "the disk is gone");
    CHECK(shop.send("GET", "/livez").status == 200);
}

TEST_CASE("readyz: 503 while draining; other calls still work", "[runtime]") {
    Notes shop;
    shop.notes->service().set_ready(false);
    CHECK(ready(shop, 503)["status"] == "unavailable");
    CHECK(shop.send("GET", "/v1/notes").status == 200);
    shop.notes->service().set_ready(true);
    CHECK(ready(shop, 200)["status"] == "ok");
}

TEST_CASE("openapi: the document describes the service's own table", "[runtime]") {
    Notes shop;
    const Json document = json_of(shop.send("GET", "/openapi.json"));
    CHECK(document["openapi"] == "3.1.0");
    CHECK(document["info"]["version"] == "1.2.3");
    CHECK(document["paths"]["/v1/notes"].contains("post"));
}

TEST_CASE("metrics: series of requests, the front, the store and the build", "[runtime]") {
    Notes shop;
    shop.notes->service().set_front_stats([] {
        http::FrontStats stats{.connections = 3};
        stats.rejected[static_cast<std::size_t>(http::Reject::queue)] = 5;
        return stats;
    });
    REQUIRE(shop.create("k", R"({"text":"x"})").status == 201);
    shop.send("GET", "/v1/locked");
    shop.send("GET", "/v1/nothing/here");
    shop.metrics.counter("shop_notes_total", "Notes.").add(2);
    const auto answer = shop.send("GET", "/metrics");
    CHECK(field_of(answer, "content-type").starts_with("text/plain; version=0.0.4"));
    for (const std::string line :
         {R"(shop_http_requests_total{endpoint="note_create",status="201"} 1)",
          R"(shop_http_requests_total{endpoint="locked",status="401"} 1)",
          R"(shop_http_requests_total{endpoint="none",status="404"} 1)",
          R"(shop_http_duration_seconds_count{endpoint="note_create"} 1)",
          R"(shop_http_connections 3)", R"(shop_http_rejected_total{reason="queue"} 5)",
          R"(shop_store_changes_total 1)", R"(shop_notes_total 2)"}) {
        INFO(line << "\n" << answer.body);
        CHECK(answer.body.find(line) != std::string::npos);
    }
    for (const std::string name : {"shop_http_queued", "shop_http_in_flight", "shop_store_bytes",
                                   "shop_store_commits_total", "shop_build_info{"})
        CHECK(answer.body.find("\n" + name) != std::string::npos);
    CHECK(answer.body.find("nothing/here") == std::string::npos);
}

TEST_CASE("events: pages in order, for those who may read them", "[runtime]") {
    Notes shop;
    for (const std::string key : {"a", "b", "c"}) shop.create(key, R"({"text":"x"})");
    const Json page = json_of(feed(shop, "after=1&limit=1"));
    REQUIRE(page["items"].size() == 1);
    CHECK(page["items"][0]["seq"] == 2);
    CHECK(page["last"] == 3);
    CHECK(shop.send("GET", "/v1/events").status == 401);
    CHECK(shop.send("GET", "/v1/events", {{"authorization", shop.bearer("customer")}}).status ==
          403);
    CHECK(feed(shop, "wait=21").status == 400);
    CHECK(json_of(feed(shop, "after=3"))["items"].empty());
}

TEST_CASE("events: a feed that can't be read is an error, not an empty page", "[runtime]") {
    Notes shop;
    shop.notes->store().fails = true;
    const auto answer = feed(shop, "after=0&wait=5");
    CHECK(answer.status == 503);
    CHECK(problem_of(answer) == "unavailable");
}

TEST_CASE("events: who waits is woken by the next commit", "[runtime]") {
    Notes shop;
    http::Response woken;
    std::thread waiter([&] { woken = feed(shop, "after=0&wait=20"); });
    std::this_thread::sleep_for(60ms);
    const auto began = shop.create("k", R"({"text":"x"})").status;
    waiter.join();
    CHECK(began == 201);
    REQUIRE(json_of(woken)["items"].size() == 1);
    CHECK(json_of(woken)["items"][0]["subject"] == "n1");
}

TEST_CASE("events: four wait, a fifth is answered at once, and a drain ends the waits",
          "[runtime]") {
    Notes shop;
    std::atomic<int> ended{0};
    std::vector<std::thread> waiters;
    for (int i = 0; i < 5; ++i)
        waiters.emplace_back([&] {
            const auto answer = feed(shop, "after=0&wait=20");
            ended += answer.status == 200 ? 1 : 100;
        });
    CHECK(appears([&] { return ended == 1; }));
    // So is a sixth; and a call that does not wait takes no seat.
    CHECK(feed(shop, "after=0&wait=20").status == 200);
    CHECK(feed(shop, "after=0").status == 200);
    CHECK(ended == 1);
    shop.notes->service().set_ready(false);
    for (auto& waiter : waiters) waiter.join();
    CHECK(ended == 5);
}
