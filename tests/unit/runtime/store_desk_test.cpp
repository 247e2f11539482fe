// The endpoints of a service's store.
#include "base/random.hpp"
#include "base/zstd.hpp"
#include "store/dump.hpp"
#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

namespace {

const std::string kId = "bak_" + std::string(32, 'a');
const std::string kOtherId = "bak_" + std::string(32, 'b');

http::Response as_admin(Notes& shop, const std::string& method, const std::string& target,
                        const std::string& body = "") {
    Fields fields{{"authorization", shop.bearer("admin")}};
    if (!body.empty()) fields.emplace_back("content-type", "application/json");
    return shop.send(method, target, fields, body);
}

http::Response take(Notes& shop, const std::string& id) {
    return as_admin(shop, "POST", "/v1/store/snapshots", dump(Json{{"id", id}}));
}

Json snapshot(Notes& shop, const std::string& id) {
    const auto answer = as_admin(shop, "GET", "/v1/store/snapshots/" + id);
    return answer.status == 200 ? json_of(answer) : Json{{"state", answer.status}};
}

bool is_ready(Notes& shop, const std::string& id) {
    return appears([&] { return snapshot(shop, id)["state"] == "ready"; });
}

// All pieces, put together.
std::string content(Notes& shop, const std::string& id) {
    std::string all;
    for (;;) {
        const auto piece =
            as_admin(shop, "GET",
                     "/v1/store/snapshots/" + id + "/content?offset=" + std::to_string(all.size()));
        REQUIRE(piece.status == 200);
        CHECK(field_of(piece, "content-type") == "application/octet-stream");
        if (piece.body.empty()) return all;
        all += piece.body;
    }
}

store::DumpTotals read_back(const std::string& compressed, std::vector<std::string>& tables) {
    std::size_t taken = 0;
    ZstdReader reader([&](std::span<char> out) -> Result<std::size_t> {
        const std::size_t count = std::min(out.size(), compressed.size() - taken);
        std::copy_n(compressed.data() + taken, count, out.data());
        taken += count;
        return count;
    });
    const store::DumpVisitor visitor{
        .header = [&](const store::DumpHeader& header) -> Result<void> {
            tables = header.tables;
            return {};
        },
        .entry = [](auto...) -> Result<void> { return {}; }};
    const auto totals =
        store::read_dump([&](std::span<char> out) { return reader.read(out); }, visitor);
    REQUIRE(totals);
    return *totals;
}

}  // namespace

TEST_CASE("store figures: entries by table", "[runtime]") {
    Notes shop;
    shop.create("1", kNote);
    shop.create("2", kNote);
    const Json body = json_of(as_admin(shop, "GET", "/v1/store"));
    CHECK(body["service"] == "noted");
    CHECK(body["format"] == 1);
    CHECK(body["bytes_used"] > 0);
    CHECK(body["bytes_file"] >= body["bytes_used"]);
    std::map<std::string, int> entries;
    for (const auto& table : body["tables"])
        entries[table["name"].get<std::string>()] = table["entries"].get<int>();
    CHECK(entries == std::map<std::string, int>{
                         {"events", 2}, {"audit", 2}, {"idempotency", 4}, {"notes", 2}});
    CHECK(body["entries"] == 10);
}

TEST_CASE("store check: goes through the parts of the journal and finds what is wrong",
          "[runtime]") {
    Notes shop;
    for (int i = 0; i < 3; ++i) shop.create(std::to_string(i), kNote);
    REQUIRE(shop.notes->store().write([&](store::Transaction& tx) -> Result<void> {
        tx.erase(shop.notes->journal().events, store::key_of(2));
        return {};
    }));
    std::vector<std::string> parts;
    Json found = Json::array();
    std::string cursor;
    do {
        const Json page =
            json_of(as_admin(shop, "POST", "/v1/store/check", dump(Json{{"cursor", cursor}})));
        if (parts.empty() || parts.back() != page["part"]) parts.push_back(page["part"]);
        for (const auto& finding : page["findings"]) found.push_back(finding);
        cursor = page.value("next_cursor", "");
    } while (!cursor.empty());
    CHECK(parts == std::vector<std::string>{"events", "audit", "idempotency"});
    REQUIRE(found.size() == 1);
    CHECK(found[0]["part"] == "events");
    CHECK(found[0]["subject"] == "2");
}

TEST_CASE("snapshot: shows the moment at which it was taken, whatever comes after", "[runtime]") {
    Notes shop;
    shop.create("1", kNote);
    REQUIRE(take(shop, kId).status == 202);
    shop.create("2", kNote);
    REQUIRE(is_ready(shop, kId));
    const Json done = snapshot(shop, kId);
    CHECK(done["entries"] == 5);  // note, event, audit, and two of the kept answer
    CHECK(done["entries_all"] == 5);
    CHECK(done["taken_at"] == "2026-11-24T10:00:00.000Z");
    const std::string bytes = content(shop, kId);
    CHECK(done["bytes"] == bytes.size());
    CHECK(done["sha256"] == sha256_hex(bytes));
    std::vector<std::string> tables;
    CHECK(read_back(bytes, tables).entries == 5);
    CHECK(tables == std::vector<std::string>{"events", "audit", "idempotency", "notes"});
}

TEST_CASE(
    "snapshot: the same id is the same one, another one takes its place, a dropped one is "
    "gone",
    "[runtime]") {
    Notes shop;
    shop.create("1", kNote);
    REQUIRE(take(shop, kId).status == 202);
    REQUIRE(is_ready(shop, kId));
    shop.create("2", kNote);
    CHECK(json_of(take(shop, kId))["entries"] == 5);
    CHECK(take(shop, kOtherId).status == 409);
    shop.clock.advance(50s);
    content(shop, kId);
    shop.clock.advance(50s);
    CHECK(take(shop, kOtherId).status == 409);
    shop.clock.advance(10s);
    REQUIRE(take(shop, kOtherId).status == 202);
    REQUIRE(is_ready(shop, kOtherId));
    CHECK(snapshot(shop, kOtherId)["entries"] == 10);
    CHECK(snapshot(shop, kId)["state"] == 404);
    CHECK(as_admin(shop, "GET", "/v1/store/snapshots/" + kId + "/content").status == 404);
    CHECK(as_admin(shop, "DELETE", "/v1/store/snapshots/" + kOtherId).status == 204);
    CHECK(as_admin(shop, "DELETE", "/v1/store/snapshots/" + kOtherId).status == 404);
    CHECK(std::filesystem::is_empty(shop.folder.path() / "store" / "snapshots"));
}

TEST_CASE("snapshot: a restart leaves none", "[runtime]") {
    Notes shop;
    REQUIRE(take(shop, kId).status == 202);
    REQUIRE(is_ready(shop, kId));
    shop.open();
    CHECK(snapshot(shop, kId)["state"] == 404);
    CHECK_FALSE(std::filesystem::exists(shop.folder.path() / "store" / "snapshots"));
}

TEST_CASE("snapshot: a store that can't be read is said, and the next try works", "[runtime]") {
    Notes shop;
    shop.notes->store().fails = true;
    const auto answer = take(shop, kId);
    CHECK(answer.status == 503);
    shop.notes->store().fails = false;
    CHECK(take(shop, kOtherId).status == 202);
    CHECK(is_ready(shop, kOtherId));
}

TEST_CASE("snapshot: bad ids and offsets are refused by name", "[runtime]") {
    Notes shop;
    for (const std::string id : {"", "x", "../../etc/passwd/aaaaaaaaaaaaaaaaaaaa",
                                 "bak_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
        const auto answer = take(shop, id);
        CHECK(answer.status == 400);
        CHECK(json_of(answer)["errors"][0]["pointer"] == "/id");
    }
    REQUIRE(take(shop, kId).status == 202);
    REQUIRE(is_ready(shop, kId));
    const std::string target = "/v1/store/snapshots/" + kId + "/content?offset=";
    CHECK(as_admin(shop, "GET", target + "-1").status == 400);
    const auto behind = as_admin(shop, "GET", target + "9223372036854775807");
    CHECK(behind.status == 200);
    CHECK(behind.body.empty());
}

TEST_CASE("store endpoints: nobody but an administrator", "[runtime]") {
    Notes shop;
    for (const std::string role : {"customer", "staff"}) {
        const Fields fields{{"authorization", shop.bearer(role)},
                            {"content-type", "application/json"}};
        CHECK(shop.send("GET", "/v1/store", {fields[0]}).status == 403);
        CHECK(shop.send("POST", "/v1/store/check", fields, "{}").status == 403);
        CHECK(shop.send("POST", "/v1/store/snapshots", fields, dump(Json{{"id", kId}})).status ==
              403);
    }
    CHECK(shop.send("GET", "/v1/store").status == 401);
}
