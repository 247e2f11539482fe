#include <catch2/catch.hpp>

#include "schema/codec.hpp"
#include "store/collection.hpp"
#include "unit/events/fixture.hpp"

using namespace shop;
using namespace shop::events;
using namespace shop::events::test;

namespace {

store::CheckPage events_checked(const JournalStore& db) {
    return check_pages(
        [&](const store::Snapshot& s, std::string_view after) {
            return check_events(s, db.journal.events, after, 2);
        },
        db);
}

store::CheckPage answers_checked(const JournalStore& db) {
    return check_pages(
        [&](const store::Snapshot& s, std::string_view after) {
            return check_answers(s, db.journal.idempotency, after, 2, nullptr);
        },
        db);
}

void append_events(JournalStore& db, int count) {
    for (int i = 0; i < count; ++i)
        db.must_write([&](store::Transaction& tx) {
            append_event(tx, db.journal.events, {.type = "thing.made", .time = kStart});
        });
}

void keep(JournalStore& db, const std::string& key, Time at) {
    db.must_write([&](store::Transaction& tx) {
        keep_answer(tx, db.journal.idempotency, "ada", key,
                    {.fingerprint = "f", .status = 201, .created_at = at});
    });
}

// The first key of the table that begins with this letter.
std::string key_with(const JournalStore& db, char letter) {
    return db.read([&](const store::Snapshot& s) {
        std::string found;
        s.scan(db.journal.idempotency, {.from = std::string(1, letter), .to = {}},
               [&](std::string_view key, std::string_view) {
                   found = key;
                   return false;
               });
        return found;
    });
}

}  // namespace

TEST_CASE("check_events: a whole feed has no faults, in pages") {
    JournalStore db;
    CHECK(events_checked(db).examined == 0);
    append_events(db, 5);
    const auto page = events_checked(db);
    CHECK(page.examined == 5);
    CHECK(page.faults.empty());
}

TEST_CASE(
    "check_events: a hole and an event that can't be read are told, and what follows is "
    "still examined") {
    JournalStore db;
    append_events(db, 7);
    db.must_write([&](store::Transaction& tx) {
        tx.erase(db.journal.events, store::key_of(3));
        tx.put(db.journal.events, store::key_of(6), "{");
    });
    const auto page = events_checked(db);
    REQUIRE(page.faults.size() == 2);
    CHECK(page.faults[0].subject == "3");
    CHECK(page.faults[0].problem == "is missing: 4 is next");
    CHECK(page.faults[1].subject == "6");
    CHECK(page.examined == 6);
}

TEST_CASE("check_events: a position that is none of ours ends well") {
    JournalStore db;
    append_events(db, 2);
    for (const auto& after : {std::string("nonsense"), std::string(8, '\xff'), std::string(8, '\0'),
                              store::key_of(std::numeric_limits<std::int64_t>::max())})
        db.read([&](const store::Snapshot& s) {
            return check_events(s, db.journal.events, after, 2).faults.size();
        });
}

TEST_CASE("check_audit: each page goes on from the record before it") {
    JournalStore db;
    for (int i = 0; i < 5; ++i)
        db.must_write([&](store::Transaction& tx) {
            append_audit(tx, db.journal.audit, {.action = "a" + std::to_string(i)});
        });
    const auto page = check_pages(
        [&](const store::Snapshot& s, std::string_view after) {
            return check_audit(s, db.journal.audit, after, 2);
        },
        db);
    CHECK(page.examined == 5);
    CHECK(page.faults.empty());
}

TEST_CASE(
    "check_answers: a kept answer without its place, and a place without an answer, are "
    "found and mended") {
    JournalStore db;
    for (int i = 0; i < 4; ++i) keep(db, "key-" + std::to_string(i), kStart + Millis(i));
    CHECK(answers_checked(db).examined == 8);
    CHECK(answers_checked(db).faults.empty());
    const std::string record = key_with(db, 'r');
    const std::string place = key_with(db, 't');
    // The oldest one's place goes; the record of another one goes.
    std::string other_record = record;
    if (place.substr(9) == record.substr(1))
        other_record = db.read([&](const store::Snapshot& s) {
            std::string last;
            s.scan(db.journal.idempotency, {.from = "r", .to = "s"},
                   [&](std::string_view key, std::string_view) {
                       last = key;
                       return true;
                   });
            return last;
        });
    db.must_write([&](store::Transaction& tx) {
        CHECK(tx.erase(db.journal.idempotency, place));
        CHECK(tx.erase(db.journal.idempotency, other_record));
    });
    CHECK(answers_checked(db).faults.size() == 2);
    store::CheckPage mended;
    db.must_write([&](store::Transaction& tx) {
        mended = check_answers(tx, db.journal.idempotency, "", 100, &tx);
    });
    CHECK(mended.faults.size() == 2);
    for (const auto& fault : mended.faults) CHECK(fault.repairable);
    CHECK(answers_checked(db).faults.empty());
    CHECK(db.count(db.journal.idempotency) == 6);
}

TEST_CASE("check_answers: a record that can't be read is told and stays") {
    JournalStore db;
    keep(db, "key", kStart);
    const std::string record = key_with(db, 'r');
    db.must_write([&](store::Transaction& tx) { tx.put(db.journal.idempotency, record, "["); });
    store::CheckPage page;
    db.must_write([&](store::Transaction& tx) {
        page = check_answers(tx, db.journal.idempotency, "", 100, &tx);
    });
    REQUIRE(page.faults.size() == 1);
    CHECK_FALSE(page.faults[0].repairable);
    CHECK(db.count(db.journal.idempotency) == 2);
}
