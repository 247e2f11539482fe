// What a Change writes into the audit log beyond who and when, and how the log is read.
#include <catch2/catch.hpp>

#include "schema/codec.hpp"
#include "unit/events/fixture.hpp"

using namespace shop;
using namespace shop::events;
using namespace shop::events::test;

namespace {

Origin origin_by(std::string user_id, std::string action) {
    const std::string name = user_id.empty() ? "" : "ada";
    return {.principal = {.user_id = std::move(user_id), .username = name},
            .action = std::move(action),
            .request_id = "req_1",
            .address = "192.0.2.1",
            .now = kStart};
}

AuditRecord audit_at(const JournalStore& db, std::int64_t seq) {
    return schema::decode_stored<AuditRecord>(
        store::test::get(*db.store, db.journal.audit, store::key_of(seq)).value());
}

AuditSlice read_audit(const JournalStore& db, const api::AuditQuery& query) {
    return db.read([&](const store::Snapshot& snapshot) {
        return audit_after(snapshot, db.journal.audit, query);
    });
}

// Records 1 to `count`, by usr_0 and usr_1 in turn.
void fill_audit(JournalStore& db, int count) {
    db.must_write([&](store::Transaction& tx) {
        for (int i = 1; i <= count; ++i) {
            const Origin origin =
                origin_by("usr_" + std::to_string(i % 2), i % 10 == 0 ? "rare" : "often");
            Change(tx, db.journal, origin).emit("x", "sub_" + std::to_string(i), {});
        }
    });
}

}  // namespace

TEST_CASE("emit: with a document of before, the audit record says what differs") {
    JournalStore db;
    const auto origin = origin_by("usr_1", "product_update");
    db.must_write([&](store::Transaction& tx) {
        Change change(tx, db.journal, origin);
        change.emit("product.updated", "prd_1", {{"name", "Bag"}}, Json{{"name", "Box"}});
        change.emit("product.updated", "prd_1", {{"name", "Bag"}});
    });
    CHECK(audit_at(db, 1).changes == Json{{"name", {{"from", "Box"}, {"to", "Bag"}}}});
    CHECK_FALSE(audit_at(db, 1).outcome);
    CHECK_FALSE(audit_at(db, 2).changes);
    const auto stored = store::test::get(*db.store, db.journal.audit, store::key_of(2)).value();
    for (const char* name : {"changes", "outcome", "reason"})
        CHECK(stored.find(name) == std::string::npos);
}

TEST_CASE("refuse: an audit record with its reason, and no event") {
    JournalStore db;
    const auto origin = origin_by("usr_1", "role_put");
    db.must_write([&](store::Transaction& tx) {
        Change(tx, db.journal, origin).refuse("usr_2", "needs the right roles:write");
    });
    const auto record = audit_at(db, 1);
    CHECK(record.outcome == "refused");
    CHECK(record.reason == "needs the right roles:write");
    CHECK(record.subject == "usr_2");
    CHECK(record.actor == "usr_1");
    CHECK(record.address == "192.0.2.1");
    CHECK(db.count(db.journal.events) == 0);
}

TEST_CASE("act_as: who signs in is the actor; who is known stays it") {
    JournalStore db;
    const auto stranger = origin_by("", "session_create"), known = origin_by("usr_1", "x");
    db.must_write([&](store::Transaction& tx) {
        for (const Origin* origin : {&stranger, &known}) {
            Change change(tx, db.journal, *origin);
            change.act_as("usr_2", "bob");
            change.emit("session.created", "ses_1", {});
        }
    });
    CHECK(audit_at(db, 1).actor == "usr_2");
    CHECK(audit_at(db, 1).actor_name == "bob");
    CHECK(audit_at(db, 2).actor == "usr_1");
}

TEST_CASE("audit_after: a page of stored bytes, and where to go on") {
    JournalStore db;
    CHECK(read_audit(db, {}).items.empty());
    fill_audit(db, 7);
    auto page = read_audit(db, {.after = 2, .limit = 3});
    REQUIRE(page.items.size() == 3);
    CHECK(page.items[0] == store::test::get(*db.store, db.journal.audit, store::key_of(3)).value());
    CHECK(page.last == 7);
    CHECK(page.next == 5);
    page = read_audit(db, {.after = 5, .limit = 2});
    CHECK(page.items.size() == 2);
    CHECK_FALSE(page.next);
    CHECK_FALSE(read_audit(db, {.after = 7}).next);
    CHECK(read_audit(db, {.after = 100}).items.empty());
}

TEST_CASE("audit_after: a filter looks at a bounded number of records in one call") {
    JournalStore db;
    fill_audit(db, 4500);
    api::AuditQuery query{.limit = 200, .action = "nothing"};
    int calls = 0;
    for (;; ++calls) {
        const auto page = read_audit(db, query);
        CHECK(page.items.empty());
        if (!page.next) break;
        CHECK(*page.next - query.after == 2000);
        query.after = *page.next;
    }
    CHECK(calls == 2);
    CHECK(read_audit(db, {.limit = 200, .actor = "usr_1"}).items.size() == 200);
    CHECK(read_audit(db, {.limit = 200, .actor = "ada"}).next == 200);
    CHECK(read_audit(db, {.limit = 5, .actor = "usr_0", .action = "rare"}).next == 50);
    CHECK(read_audit(db, {.limit = 200, .subject = "sub_1999"}).items.size() == 1);
    CHECK(read_audit(db, {.limit = 5, .since = kStart}).items.size() == 5);
    CHECK(read_audit(db, {.limit = 5, .since = kStart + 1ms}).items.empty());
}

TEST_CASE("audit_after: a record that can't be read is shown as one that breaks the chain") {
    JournalStore db;
    fill_audit(db, 3);
    db.must_write([&](auto& tx) { tx.put(db.journal.audit, store::key_of(2), "{\"seq\":2"); });
    const auto page = read_audit(db, {});
    REQUIRE(page.items.size() == 3);
    CHECK(page.items[1] == R"({"seq":2})");
}
