#include "events/event.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <set>

#include "base/id.hpp"
#include "unit/events/fixture.hpp"

using namespace shop;
using namespace shop::events;
using namespace shop::events::test;

namespace {

api::Event event_of(std::string subject) {
    return {.type = "product.updated",
            .time = kStart,
            .subject = std::move(subject),
            .actor = "usr_1",
            .data = Json{{"name", "Jumbo Bag"}, {"price", 295}}};
}

api::EventPage page(const JournalStore& db, std::int64_t after, std::size_t limit) {
    return db.read([&](const store::Snapshot& snapshot) {
        return events_after(snapshot, db.journal.events, after, limit);
    });
}

std::vector<std::int64_t> sequences(const api::EventPage& events) {
    std::vector<std::int64_t> out;
    for (const auto& event : events.items) out.push_back(event.seq);
    return out;
}

void append_many(JournalStore& db, int count) {
    db.must_write([&](store::Transaction& tx) {
        for (int i = 0; i < count; ++i)
            append_event(tx, db.journal.events, event_of("prd_" + std::to_string(i)));
    });
}

}  // namespace

TEST_CASE("append_event: the first has sequence 1 and comes back whole, with an id") {
    JournalStore db;
    CHECK(page(db, 0, 10).last == 0);
    CHECK(page(db, 0, 10).items.empty());
    std::int64_t seq = 0;
    db.must_write([&](auto& tx) { seq = append_event(tx, db.journal.events, event_of("prd_1")); });
    CHECK(seq == 1);
    const auto events = page(db, 0, 10);
    CHECK(events.last == 1);
    REQUIRE(events.items.size() == 1);
    const auto& event = events.items[0];
    CHECK(event.seq == 1);
    CHECK(is_id(event.id, "evt"));
    CHECK(event.type == "product.updated");
    CHECK(event.time == kStart);
    CHECK(event.subject == "prd_1");
    CHECK(event.actor == "usr_1");
    CHECK(event.data == Json{{"name", "Jumbo Bag"}, {"price", 295}});
}

TEST_CASE("append_event: changes that fail leave no hole") {
    JournalStore db;
    append_many(db, 2);
    const auto failed = db.write([&](store::Transaction& tx) -> Result<void> {
        CHECK(append_event(tx, db.journal.events, event_of("prd_lost")) == 3);
        return fail(Code::conflict, "no");
    });
    REQUIRE_FALSE(failed);
    append_many(db, 1);
    CHECK(sequences(page(db, 0, 10)) == std::vector<std::int64_t>{1, 2, 3});
    CHECK(page(db, 2, 10).items[0].subject == "prd_0");
}

TEST_CASE("append_event: changes of many threads, some failing, give one sequence without holes") {
    JournalStore db;
    const auto results = store::test::write_together(
        *db.store, 60, [&](store::Transaction& tx, std::size_t i) -> Result<void> {
            append_event(tx, db.journal.events, event_of("prd_" + std::to_string(i)));
            append_event(tx, db.journal.events, event_of("prd_" + std::to_string(i)));
            if (i % 3 == 0) return fail(Code::conflict, "no");
            return {};
        });
    const auto kept = std::ranges::count_if(results, [](const auto& r) { return r.has_value(); });
    CHECK(kept == 40);
    const auto events = page(db, 0, 1000);
    CHECK(events.last == 80);
    REQUIRE(events.items.size() == 80);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < 80; ++i) {
        CHECK(events.items[i].seq == static_cast<std::int64_t>(i) + 1);
        ids.insert(events.items[i].id);
    }
    CHECK(ids.size() == 80);
}

TEST_CASE("append_event: the sequence goes on after the store was closed and opened") {
    JournalStore db;
    append_many(db, 3);
    db.store.reset();
    db.store = store::test::open_or_throw(
        {.folder = db.folder.path() / "store", .tables = db.layout.tables()});
    append_many(db, 1);
    CHECK(sequences(page(db, 0, 10)) == std::vector<std::int64_t>{1, 2, 3, 4});
}

TEST_CASE("events_after: pages follow each other in order over a byte's border") {
    JournalStore db;
    append_many(db, 600);
    std::vector<std::int64_t> seen;
    for (std::int64_t after = 0;;) {
        const auto events = page(db, after, 70);
        CHECK(events.last == 600);
        if (events.items.empty()) break;
        CHECK(events.items.size() <= 70);
        for (const auto seq : sequences(events)) seen.push_back(seq);
        after = seen.back();
    }
    REQUIRE(seen.size() == 600);
    for (std::size_t i = 0; i < seen.size(); ++i)
        CHECK(seen[i] == static_cast<std::int64_t>(i) + 1);
}

TEST_CASE("events_after: positions outside the feed are no error") {
    JournalStore db;
    append_many(db, 3);
    CHECK(page(db, 3, 10).items.empty());
    CHECK(page(db, 4, 10).items.empty());
    CHECK(page(db, std::numeric_limits<std::int64_t>::max(), 10).items.empty());
    CHECK(page(db, 3, 10).last == 3);
    CHECK(sequences(page(db, -5, 2)) == std::vector<std::int64_t>{1, 2});
    CHECK(page(db, 0, 0).items.empty());
}

TEST_CASE("events_after: by type, and a page that has none says how far it has read") {
    JournalStore db;
    append_many(db, static_cast<int>(kEventsLookedAtMax) + 5);
    db.must_write([&](store::Transaction& tx) {
        auto event = event_of("prd_last");
        event.type = "product.deleted";
        append_event(tx, db.journal.events, event);
    });
    const auto read = [&](std::int64_t after) {
        return db.read([&](const store::Snapshot& snapshot) {
            return events_after(snapshot, db.journal.events, after, 10,
                                {.types = {"product.deleted", "product.none"}});
        });
    };
    const auto first = read(0);
    CHECK(first.items.empty());
    CHECK(first.next == static_cast<std::int64_t>(kEventsLookedAtMax));
    const auto second = read(first.next);
    REQUIRE(second.items.size() == 1);
    CHECK(second.items[0].subject == "prd_last");
    CHECK(second.next == second.last);
    CHECK(read(second.next).next == second.last);
}

TEST_CASE("events_after: since a time, from the first event that is not older") {
    JournalStore db;
    db.must_write([&](store::Transaction& tx) {
        for (int i = 0; i < 40; ++i) {
            auto event = event_of("prd_1");
            event.time = kStart + std::chrono::seconds(i / 4);  // four in each second
            append_event(tx, db.journal.events, event);
        }
    });
    const auto first_since = [&](Time since, std::int64_t after = 0) {
        const auto events = db.read([&](const store::Snapshot& snapshot) {
            return events_after(snapshot, db.journal.events, after, 1, {.since = since});
        });
        return events.items.empty() ? -events.next : events.items[0].seq;
    };
    CHECK(first_since(kStart - std::chrono::hours(1)) == 1);
    for (int second = 0; second < 10; ++second)
        CHECK(first_since(kStart + std::chrono::seconds(second)) == second * 4 + 1);
    CHECK(first_since(kStart + std::chrono::milliseconds(1)) == 5);
    CHECK(first_since(kStart + std::chrono::seconds(3), 20) == 21);
    // None is so young: the end is where to go on.
    CHECK(first_since(kStart + std::chrono::seconds(10)) == -40);
}

TEST_CASE("last_event: is the newest sequence, also inside the transaction that appends") {
    JournalStore db;
    db.must_write([&](store::Transaction& tx) {
        CHECK(last_event(tx, db.journal.events) == 0);
        append_event(tx, db.journal.events, event_of("prd_1"));
        CHECK(last_event(tx, db.journal.events) == 1);
    });
}
