// Refusals in the audit log, and the log over HTTP.
#include <catch2/catch.hpp>

#include "auth/statement.hpp"
#include "runtime/refusals.hpp"
#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;
namespace runtime = shop::runtime;

namespace {

http::Response audit_get(Notes& notes, const std::string& target) {
    return notes.send("GET", target, {{"authorization", notes.bearer("admin")}});
}

Json audit_items(Notes& notes, const std::string& query = "") {
    return json_of(audit_get(notes, "/v1/audit" + query))["items"];
}

}  // namespace

TEST_CASE("refusals: somebody known who lacks a right is in the audit log, with the right") {
    Notes notes;
    REQUIRE(notes.create("k1", kNote, "customer").status == 403);
    const Json items = audit_items(notes);
    REQUIRE(items.size() == 1);
    CHECK(items[0]["action"] == "note_create");
    CHECK(items[0]["actor"] == user_id("customer"));
    CHECK(items[0]["outcome"] == "refused");
    CHECK(items[0]["reason"] == "needs the right products:write");
    CHECK(items[0]["address"] == "127.0.0.1");
}

TEST_CASE("refusals: a stranger writes nothing") {
    Notes notes;
    CHECK(notes.send("POST", "/v1/notes", {{"idempotency-key", "k"}}, kNote).status == 401);
    CHECK(notes.send("GET", "/v1/locked", {{"authorization", "Bearer nonsense"}}).status == 401);
    CHECK(audit_items(notes).empty());
}

TEST_CASE("refusals: the same again is written once a minute") {
    Notes notes;
    for (int i = 0; i < 20; ++i) CHECK(notes.create("k", kNote, "customer").status == 403);
    CHECK(audit_items(notes).size() == 1);
    CHECK(notes.send("GET", "/v1/locked", {{"authorization", notes.bearer("customer")}}).status ==
          403);
    CHECK(audit_items(notes).size() == 2);  // another action
    notes.clock.advance(1min);
    CHECK(notes.create("k", kNote, "customer").status == 403);
    CHECK(audit_items(notes).size() == 3);
}

TEST_CASE("refusals: a flood of different ones is bounded, and passes") {
    Notes notes;
    runtime::Refusals refusals(notes.notes->store(), notes.notes->journal());
    events::Origin origin{.action = "x", .now = notes.clock.now()};
    const auto flood = [&](const std::string& name) {
        for (int i = 0; i < 1000; ++i) refusals.note(origin, "", "no", name + std::to_string(i));
        return json_of(audit_get(notes, "/v1/audit"))["last"].get<int>();
    };
    CHECK(flood("a") == 300);
    CHECK(flood("b") == 300);
    origin.now += 1min;
    CHECK(flood("c") == 600);
    origin.now -= 1h;  // a clock that was set back
    CHECK(flood("d") == 900);
}

TEST_CASE("refusals: go out also where they can't be written") {
    Notes notes;
    notes.notes->store().writes_fail = true;
    CHECK(notes.create("k1", kNote, "customer").status == 403);
    notes.notes->store().writes_fail = false;
    CHECK(audit_items(notes).empty());
}

TEST_CASE("audit_list: pages of the records as they are stored") {
    Notes notes;
    for (int i = 0; i < 5; ++i) REQUIRE(notes.create("k" + std::to_string(i), kNote).status == 201);
    const Json page = json_of(audit_get(notes, "/v1/audit?after=1&limit=2"));
    CHECK(page["last"] == 5);
    CHECK(page["next"] == 3);
    REQUIRE(page["items"].size() == 2);
    CHECK(page["items"][0]["hash"] == page["items"][1]["previous"]);
    CHECK(api::audit_link_hash(page["items"][0]["hash"], page["items"][1]) ==
          page["items"][1]["hash"]);
    CHECK(json_of(audit_get(notes, "/v1/audit/2")) == page["items"][0]);
    for (const char* seq : {"0", "6", "-1", "x", "99999999999999999999"})
        CHECK(audit_get(notes, std::string("/v1/audit/") + seq).status == 404);
    CHECK(audit_items(notes, "?actor=staff").size() == 5);
    CHECK(audit_items(notes, "?actor=nobody").empty());
    CHECK(audit_items(notes, "?since=2026-11-24T10:00:00Z").size() == 5);
    CHECK(audit_items(notes, "?since=2026-11-25T10:00:00Z").empty());
    for (const char* query : {"?limit=0", "?limit=201", "?after=-1", "?since=soon", "?colour=red"})
        CHECK(audit_get(notes, std::string("/v1/audit") + query).status == 400);
}

TEST_CASE("audit_head: is signed by the service, over what it says") {
    Notes notes;
    REQUIRE(auth::ensure_keys(notes.folder.path() / "keys", "noted"));
    Json head = json_of(audit_get(notes, "/v1/audit-head"));
    CHECK(head["seq"] == 0);
    CHECK(head["hash"] == "");
    REQUIRE(notes.create("k1", kNote).status == 201);
    head = json_of(audit_get(notes, "/v1/audit-head"));
    CHECK(head["service"] == "noted");
    CHECK(head["seq"] == 1);
    CHECK(head["hash"] == audit_items(notes)[0]["hash"]);
    const auto claims = auth::read_statement(notes.folder.path() / "keys", "noted", "audit",
                                             head["signature"].get<std::string>());
    REQUIRE(claims);
    CHECK(claims->size() == 4);
    for (const char* name : {"service", "seq", "hash", "time"})
        CHECK(claims->at(name) == head[name]);
    CHECK_FALSE(notes.verifier->verify(head["signature"].get<std::string>()));
}
