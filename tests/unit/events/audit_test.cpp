#include "events/audit.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "schema/codec.hpp"
#include "unit/events/fixture.hpp"

using namespace shop;
using namespace shop::events;
using namespace shop::events::test;

namespace {

constexpr std::int64_t kRecords = 5;

std::optional<std::int64_t> first_break(const JournalStore& db) {
    const auto page = check_pages(
        [&](const store::Snapshot& s, std::string_view after) {
            return check_audit(s, db.journal.audit, after, 2);
        },
        db);
    if (page.faults.empty()) return std::nullopt;
    return std::stoll(page.faults.front().subject);
}

std::string bytes(const JournalStore& db, std::int64_t seq) {
    return store::test::get(*db.store, db.journal.audit, store::key_of(seq)).value();
}

AuditRecord record(const JournalStore& db, std::int64_t seq) {
    return schema::decode_stored<AuditRecord>(bytes(db, seq));
}

void put(JournalStore& db, std::int64_t seq, const std::string& value) {
    db.must_write([&](auto& tx) { tx.put(db.journal.audit, store::key_of(seq), value); });
}

void erase(JournalStore& db, std::int64_t seq) {
    db.must_write([&](auto& tx) { CHECK(tx.erase(db.journal.audit, store::key_of(seq))); });
}

void append(JournalStore& db, int count) {
    for (int i = 0; i < count; ++i)
        db.must_write([&](store::Transaction& tx) {
            append_audit(tx, db.journal.audit,
                         {.time = kStart + Millis(i),
                          .action = "product_update",
                          .actor = "usr_1",
                          .actor_name = "ada",
                          .subject = "prd_" + std::to_string(i),
                          .request_id = "req_1",
                          .address = "127.0.0.1"});
        });
}

}  // namespace

TEST_CASE("audit: each record carries the hash of the one before, and the chain holds") {
    JournalStore db;
    CHECK_FALSE(first_break(db));
    append(db, kRecords);
    CHECK_FALSE(first_break(db));
    CHECK(record(db, 1).previous.empty());
    for (std::int64_t seq = 1; seq <= kRecords; ++seq) {
        const auto found = record(db, seq);
        CHECK(found.seq == seq);
        CHECK(found.hash.size() == 64);
        CHECK(found.actor_name == "ada");
        if (seq > 1) CHECK(found.previous == record(db, seq - 1).hash);
    }
}

TEST_CASE("audit: the hash is SHA-256 of the hash before and the record without its own") {
    JournalStore db;
    append(db, 2);
    auto json = *parse_json(bytes(db, 2));
    json.erase("hash");
    CHECK(record(db, 2).hash == sha256_hex(record(db, 1).hash + dump(json)));
}

TEST_CASE(
    "audit: a change that fails leaves no record, and several in one transaction are linked") {
    JournalStore db;
    append(db, 1);
    REQUIRE_FALSE(db.write([&](store::Transaction& tx) -> Result<void> {
        append_audit(tx, db.journal.audit, {.action = "lost"});
        return fail(Code::conflict, "no");
    }));
    db.must_write([&](store::Transaction& tx) {
        append_audit(tx, db.journal.audit, {.action = "two"});
        append_audit(tx, db.journal.audit, {.action = "three"});
    });
    CHECK_FALSE(first_break(db));
    CHECK(record(db, 2).action == "two");
    CHECK(record(db, 3).action == "three");
}

TEST_CASE("audit: text that is not UTF-8 does not break the chain") {
    JournalStore db;
    db.must_write([&](store::Transaction& tx) {
        append_audit(tx, db.journal.audit, {.action = "\xff", .address = "a\xc3"});
    });
    CHECK_FALSE(first_break(db));
}

TEST_CASE("audit: any field that is altered is found at its record") {
    const std::string field = GENERATE("seq", "time", "action", "actor", "actor_name", "subject",
                                       "request_id", "address", "previous", "hash", "new_field");
    const std::int64_t seq = GENERATE(1, 3, kRecords);
    CAPTURE(field, seq);
    JournalStore db;
    append(db, kRecords);
    auto json = *parse_json(bytes(db, seq));
    json[field] = field == "seq" ? Json(9) : Json("2026-01-01T00:00:00.000Z");
    put(db, seq, dump(json));
    CHECK(first_break(db) == seq);
}

TEST_CASE("audit: an altered record with a new hash of its own is found at the next one") {
    JournalStore db;
    append(db, kRecords);
    auto json = *parse_json(bytes(db, 2));
    json["actor"] = "usr_2";
    json.erase("hash");
    json["hash"] = sha256_hex(record(db, 1).hash + dump(json));
    put(db, 2, dump(json));
    CHECK(first_break(db) == 3);
}

TEST_CASE("audit: a record that was taken out is found") {
    const std::int64_t seq = GENERATE(1, 2, kRecords - 1);
    JournalStore db;
    append(db, kRecords);
    erase(db, seq);
    CHECK(first_break(db) == seq);
}

TEST_CASE("audit: a record that was taken out with the others moved up is found") {
    JournalStore db;
    append(db, kRecords);
    for (std::int64_t seq = 2; seq < kRecords; ++seq) {
        auto json = *parse_json(bytes(db, seq + 1));
        json["seq"] = seq;
        put(db, seq, dump(json));
    }
    erase(db, kRecords);
    CHECK(first_break(db) == 2);
}

TEST_CASE("audit: two records that changed places are found") {
    JournalStore db;
    append(db, kRecords);
    const auto second = bytes(db, 2);
    put(db, 2, bytes(db, 3));
    put(db, 3, second);
    CHECK(first_break(db) == 2);
}

TEST_CASE("audit: bytes that are no record, and records under other keys, are found") {
    JournalStore db;
    append(db, kRecords);
    SECTION("no JSON") { put(db, 4, "broken"); }
    SECTION("not an object") { put(db, 4, "[]"); }
    SECTION("an empty one") { put(db, 4, "{}"); }
    SECTION("the last one further on") {
        put(db, 9, bytes(db, kRecords));
        erase(db, kRecords);
        CHECK(first_break(db) == kRecords);
        return;
    }
    SECTION("a key that is no sequence") {
        const auto value = bytes(db, 4);
        erase(db, 4);
        auto key = store::key_of(4);
        key.pop_back();
        db.must_write([&](auto& tx) { tx.put(db.journal.audit, key, value); });
        CHECK(first_break(db) == 1);  // the shorter key comes first
        return;
    }
    CHECK(first_break(db) == 4);
}
