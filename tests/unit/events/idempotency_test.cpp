#include "events/idempotency.hpp"

#include <catch2/catch.hpp>

#include "base/limits.hpp"
#include "unit/events/fixture.hpp"

using namespace shop;
using namespace shop::events;
using namespace shop::events::test;

namespace {

constexpr Millis kKeep = limits::kIdempotencyKeep;

void keep(JournalStore& db, std::string_view caller, std::string_view key, std::string body,
          Time at = kStart) {
    db.must_write([&](store::Transaction& tx) {
        keep_answer(tx, db.journal.idempotency, caller, key,
                    {.fingerprint = "f",
                     .status = 201,
                     .body = std::move(body),
                     .location = "/v1/orders/1",
                     .etag = "\"1\"",
                     .created_at = at});
    });
}

std::string body_of(const JournalStore& db, std::string_view caller, std::string_view key,
                    Time now = kStart) {
    const auto found = db.read([&](const store::Snapshot& snapshot) {
        return find_answer(snapshot, db.journal.idempotency, caller, key, now);
    });
    return found ? found->body : "nothing";
}

}  // namespace

TEST_CASE("idempotency: a kept answer comes back whole") {
    JournalStore db;
    keep(db, "usr_1", "key", R"({"id":"ord_1"})");
    const auto found = db.read([&](const store::Snapshot& snapshot) {
        return find_answer(snapshot, db.journal.idempotency, "usr_1", "key", kStart + 1h);
    });
    REQUIRE(found);
    CHECK(found->fingerprint == "f");
    CHECK(found->status == 201);
    CHECK(found->body == R"({"id":"ord_1"})");
    CHECK(found->location == "/v1/orders/1");
    CHECK(found->etag == "\"1\"");
    CHECK(found->created_at == kStart);
}

TEST_CASE("idempotency: the same key of another caller, and another key, are others") {
    JournalStore db;
    keep(db, "usr_1", "key", "one");
    CHECK(body_of(db, "usr_2", "key") == "nothing");
    CHECK(body_of(db, "usr_1", "key2") == "nothing");
    CHECK(body_of(db, "", "key") == "nothing");
    CHECK(body_of(db, "usr_1key", "") == "nothing");
    keep(db, "usr_2", "key", "two");
    CHECK(body_of(db, "usr_1", "key") == "one");
    CHECK(body_of(db, "usr_2", "key") == "two");
}

TEST_CASE("idempotency: an answer can be repeated for a day and no longer") {
    JournalStore db;
    keep(db, "usr_1", "key", "one");
    CHECK(body_of(db, "usr_1", "key", kStart + kKeep - 1ms) == "one");
    CHECK(body_of(db, "usr_1", "key", kStart + kKeep) == "nothing");
}

TEST_CASE("idempotency: callers and keys longer than a store's key fit and stay apart") {
    JournalStore db;
    const std::string caller(400, 'c');
    const std::string key(600, 'k');
    keep(db, caller, key + "1", "one");
    keep(db, caller, key + "2", "two");
    CHECK(body_of(db, caller, key + "1") == "one");
    CHECK(body_of(db, caller, key + "2") == "two");
    CHECK(body_of(db, caller, key) == "nothing");
}

TEST_CASE("idempotency: a change that fails keeps no answer") {
    JournalStore db;
    REQUIRE_FALSE(db.write([&](store::Transaction& tx) -> Result<void> {
        keep_answer(tx, db.journal.idempotency, "usr_1", "key", {.created_at = kStart});
        CHECK(find_answer(tx, db.journal.idempotency, "usr_1", "key", kStart));
        return fail(Code::conflict, "no");
    }));
    CHECK(body_of(db, "usr_1", "key") == "nothing");
    CHECK(db.count(db.journal.idempotency) == 0);
}

TEST_CASE("idempotency: writing sweeps what is over, faster than it writes, and nothing else") {
    JournalStore db;
    for (int i = 0; i < 20; ++i) keep(db, "usr_1", "old" + std::to_string(i), "old");
    keep(db, "usr_1", "young", "young", kStart + 1ms);
    const auto before = db.count(db.journal.idempotency);
    CHECK(before == 2 * 21);
    for (int i = 0; i < 6; ++i) keep(db, "usr_2", "new" + std::to_string(i), "new", kStart + kKeep);
    CHECK(db.count(db.journal.idempotency) == 2 * (1 + 6));
    CHECK(body_of(db, "usr_1", "young", kStart + kKeep) == "young");
    CHECK(body_of(db, "usr_2", "new0", kStart + kKeep) == "new");
    CHECK(body_of(db, "usr_1", "old0", kStart) == "nothing");
}

TEST_CASE("idempotency: a key that is used again after a day is kept for a day from then") {
    JournalStore db;
    // So many older ones that the sweep does not reach the key's own former record.
    for (int i = 0; i < 40; ++i) keep(db, "usr_1", "old" + std::to_string(i), "old", kStart - 1ms);
    keep(db, "usr_1", "key", "first");
    keep(db, "usr_1", "key", "second", kStart + kKeep);
    for (int i = 0; i < 40; ++i)
        keep(db, "usr_1", "new" + std::to_string(i), "new", kStart + kKeep);
    CHECK(body_of(db, "usr_1", "key", kStart + kKeep) == "second");
    CHECK(db.count(db.journal.idempotency) == 2 * (1 + 40));
}
