#include "events/change.hpp"

#include <catch2/catch.hpp>

#include "schema/codec.hpp"
#include "unit/events/fixture.hpp"

using namespace shop;
using namespace shop::events;
using namespace shop::events::test;

namespace {

Origin origin_of(std::string user_id) {
    return {.principal = {.user_id = std::move(user_id), .number = 7, .username = "ada"},
            .action = "product_update",
            .request_id = "req_1",
            .address = "192.0.2.1",
            .now = kStart};
}

}  // namespace

TEST_CASE("emit: writes the event and the audit record of who asked, and when") {
    JournalStore db;
    const auto origin = origin_of("usr_1");
    db.must_write([&](store::Transaction& tx) {
        Change change(tx, db.journal, origin);
        CHECK(change.now() == kStart);
        change.emit("product.updated", "prd_1", {{"name", "Bag"}});
        change.emit("stock.moved", "prd_1", {{"quantity", 3}});
    });
    const auto page = db.read([&](const store::Snapshot& snapshot) {
        return events_after(snapshot, db.journal.events, 0, 10);
    });
    REQUIRE(page.items.size() == 2);
    CHECK(page.items[0].type == "product.updated");
    CHECK(page.items[0].subject == "prd_1");
    CHECK(page.items[0].actor == "usr_1");
    CHECK(page.items[0].time == kStart);
    CHECK(page.items[0].data == Json{{"name", "Bag"}});
    CHECK(page.items[1].type == "stock.moved");

    const auto records = store::test::scan(*db.store, db.journal.audit);
    REQUIRE(records.size() == 2);
    const auto record = schema::decode_stored<AuditRecord>(records[0].second);
    CHECK(record.seq == 1);
    CHECK(record.time == kStart);
    CHECK(record.action == "product_update");
    CHECK(record.actor == "usr_1");
    CHECK(record.actor_name == "ada");
    CHECK(record.subject == "prd_1");
    CHECK(record.request_id == "req_1");
    CHECK(record.address == "192.0.2.1");
}

TEST_CASE("emit: a change that fails leaves neither event nor audit record") {
    JournalStore db;
    const auto origin = origin_of("usr_1");
    REQUIRE_FALSE(db.write([&](store::Transaction& tx) -> Result<void> {
        Change(tx, db.journal, origin).emit("product.updated", "prd_1", {});
        return fail(Code::conflict, "no");
    }));
    CHECK(db.count(db.journal.events) == 0);
    CHECK(db.count(db.journal.audit) == 0);
}
