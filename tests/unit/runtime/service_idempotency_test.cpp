#include <latch>
#include <thread>

#include "events/audit.hpp"
#include "events/event.hpp"
#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

namespace {

std::int64_t event_count(Notes& shop) {
    std::int64_t last = 0;
    REQUIRE(shop.notes->store().read([&](const store::Snapshot& snapshot) -> Result<void> {
        last = events::last_event(snapshot, shop.notes->journal().events);
        return {};
    }));
    return last;
}

void check_replay(const http::Response& first, const http::Response& again) {
    CHECK(again.status == first.status);
    CHECK(again.body == first.body);
    for (const char* name : {"etag", "location"})
        CHECK(field_of(again, name) == field_of(first, name));
    CHECK(field_of(first, "idempotency-replayed").empty());
    CHECK(field_of(again, "idempotency-replayed") == "true");
}

}  // namespace

TEST_CASE("idempotency: the same call again gets the same answer and changes nothing",
          "[runtime]") {
    Notes shop;
    const auto first = shop.create("k1", kNote);
    REQUIRE(first.status == 201);
    CHECK(field_of(first, "location") == "/v1/notes/n1");
    check_replay(first, shop.create("k1", kNote));
    CHECK(shop.notes->note_count() == 1);
    CHECK(event_count(shop) == 1);
    CHECK(shop.create("k2", kNote).status == 201);
    CHECK(shop.notes->note_count() == 2);
}

TEST_CASE("idempotency: the answer outlives the process, and a day at most", "[runtime]") {
    Notes shop;
    const auto first = shop.create("k1", kNote);
    shop.open();
    check_replay(first, shop.create("k1", kNote));
    shop.clock.advance(25h);
    CHECK(field_of(shop.create("k1", kNote), "location") == "/v1/notes/n2");
}

TEST_CASE("idempotency: another call under a used key is a 422", "[runtime]") {
    Notes shop;
    REQUIRE(shop.create("k1", kNote).status == 201);
    const auto other = shop.create("k1", R"({"text":"other"})");
    CHECK(other.status == 422);
    CHECK(problem_of(other) == "idempotency_mismatch");
    const auto elsewhere = shop.send("POST", "/v1/suggestions",
                                     {{"authorization", shop.bearer("staff")},
                                      {"content-type", "application/json"},
                                      {"idempotency-key", "k1"}},
                                     kNote);
    CHECK(elsewhere.status == 422);
    CHECK(shop.notes->note_count() == 1);
}

TEST_CASE("idempotency: each caller has keys of its own, nobody by the address", "[runtime]") {
    Notes shop;
    REQUIRE(shop.create("k", kNote, "staff").status == 201);
    CHECK(field_of(shop.create("k", kNote, "admin"), "location") == "/v1/notes/n2");
    const auto suggest = [&](const std::string& address) {
        return call(shop.notes->service(), "POST", "/v1/suggestions",
                    {{"content-type", "application/json"}, {"idempotency-key", "k"}}, kNote,
                    address);
    };
    CHECK(field_of(suggest("127.0.0.1"), "location") == "/v1/notes/n3");
    CHECK(field_of(suggest("127.0.0.2"), "location") == "/v1/notes/n4");
    CHECK(field_of(suggest("127.0.0.1"), "location") == "/v1/notes/n3");
}

TEST_CASE("idempotency: a failure is not kept, and leaves nothing behind", "[runtime]") {
    Notes shop;
    SECTION("a refusal") {
        shop.notes->hooks.in_create = [] { return Result<void>(fail(Code::conflict, "Not now.")); };
        CHECK(shop.create("k", kNote).status == 409);
    }
    SECTION("a bug") {
        shop.notes->hooks.before_create = [] { throw std::runtime_error("bug"); };
        CHECK(shop.create("k", kNote).status == 500);
    }
    CHECK(shop.notes->note_count() == 0);
    CHECK(event_count(shop) == 0);
    shop.notes->hooks = {};
    const auto done = shop.create("k", kNote);
    CHECK(done.status == 201);
    CHECK(field_of(done, "idempotency-replayed").empty());
}

TEST_CASE("idempotency: a second call while the first is answered is a 409", "[runtime]") {
    Notes shop;
    std::latch inside(1);
    std::latch go_on(1);
    std::atomic<int> entered{0};
    shop.notes->hooks.before_create = [&] {
        if (entered.fetch_add(1) > 0) return;
        inside.count_down();
        go_on.wait();
    };
    http::Response first;
    std::thread caller([&] { first = shop.create("k", kNote); });
    inside.wait();
    const auto second = shop.create("k", kNote);
    const auto other_key = shop.create("k2", kNote);
    go_on.count_down();
    caller.join();
    CHECK(second.status == 409);
    CHECK(problem_of(second) == "conflict");
    CHECK(field_of(second, "retry-after") == "1");
    CHECK(other_key.status == 201);
    CHECK(first.status == 201);
    check_replay(first, shop.create("k", kNote));
    CHECK(shop.notes->note_count() == 2);
}

TEST_CASE("commit: the change's event and audit record say who, what and when", "[runtime]") {
    Notes shop;
    const auto made = shop.create("k", kNote);
    REQUIRE(made.status == 201);
    const auto page =
        json_of(shop.send("GET", "/v1/events?after=0", {{"authorization", shop.bearer("staff")}}));
    REQUIRE(page["items"].size() == 1);
    const Json& event = page["items"][0];
    CHECK(event["type"] == "note.created");
    CHECK(event["subject"] == "n1");
    CHECK(event["actor"] == user_id("staff"));
    CHECK(event["time"] == "2026-11-24T10:00:00.000Z");
    std::string audit;
    REQUIRE(shop.notes->store().read([&](const store::Snapshot& snapshot) -> Result<void> {
        snapshot.scan(shop.notes->journal().audit, {}, [&](std::string_view, std::string_view v) {
            audit = v;
            return true;
        });
        return {};
    }));
    const Json record = parse_json(audit).value();
    CHECK(record["action"] == "note_create");
    CHECK(record["request_id"] == field_of(made, "x-request-id"));
    CHECK(record["address"] == "127.0.0.1");
}
