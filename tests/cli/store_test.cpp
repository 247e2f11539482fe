// What the services have stored: figures, the check and its repair, compaction.
#include <lmdb.h>

#include "backup_helpers.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// Takes the first entry out of a table of a store that no service has open.
void remove_entry(const fs::path& store, const std::string& table) {
    MDB_env* env = nullptr;
    REQUIRE(mdb_env_create(&env) == 0);
    mdb_env_set_maxdbs(env, 64);
    REQUIRE(mdb_env_open(env, store.c_str(), MDB_NOTLS, 0600) == 0);
    MDB_txn* txn = nullptr;
    MDB_dbi handle = 0;
    MDB_cursor* cursor = nullptr;
    MDB_val key{}, value{};
    REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
    REQUIRE(mdb_dbi_open(txn, table.c_str(), 0, &handle) == 0);
    REQUIRE(mdb_cursor_open(txn, handle, &cursor) == 0);
    REQUIRE(mdb_cursor_get(cursor, &key, &value, MDB_FIRST) == 0);
    REQUIRE(mdb_cursor_del(cursor, 0) == 0);
    mdb_cursor_close(cursor);
    REQUIRE(mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
}

void restart_with(const test::RunningShop& shop, const std::function<void()>& damage) {
    const std::string data = shop.data_dir().string();
    shop.ok({"down", "--data", data});
    damage();
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
}

}  // namespace

TEST_CASE("store stats: each service's figures, and its tables one by one") {
    const auto& shop = test::shared_shop();
    const auto stats = shop.json({"store", "stats"});
    REQUIRE(stats.size() == 3);
    for (const Json& row : stats) {
        INFO(row);
        CHECK(row["bytes_file"] >= row["bytes_used"]);
        std::int64_t entries = 0;
        for (const Json& table : row["tables"]) entries += table["entries"].get<std::int64_t>();
        CHECK(row["entries"] == entries);
    }
    const auto one = shop.json({"store", "stats", "--service", "orderd"});
    REQUIRE(one.size() == 1);
    CHECK(one[0]["service"] == "orderd");
    CHECK(shop.ctl({"store", "stats", "--service", "paymentd"}).exit_code == 2);
    CHECK_THAT(shop.ok({"store", "stats"}), Catch::Contains("PER_COMMIT"));
}

TEST_CASE("store check: a shop that was bought from has nothing wrong") {
    const auto& shop = test::shared_shop();
    test::fill(shop);
    const auto outcome = shop.ctl({"store", "check"});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Catch::Contains("entries examined, nothing wrong."));
    const auto report = shop.json({"store", "check"});
    CHECK(report["examined"] > 20);
    CHECK(report["findings"].empty());
    CHECK(shop.as("bea", {"store", "check"}).exit_code == 4);
    CHECK(shop.as("bea", {"store", "stats"}).exit_code == 4);
}

TEST_CASE("store check: a lost index entry is found and mended; the drill finds it in a backup") {
    const test::RunningShop shop;
    test::fill(shop);
    restart_with(shop, [&] { remove_entry(shop.data_dir() / "stores/productd", "products.slug"); });
    const auto found = shop.ctl({"store", "check"});
    CHECK(found.exit_code == 1);
    CHECK_THAT(found.out, Catch::Contains("productd") && Catch::Contains("products"));
    CHECK_THAT(found.err, Catch::Contains("--repair"));
    CHECK(shop.ctl({"store", "check", "--service", "userd"}).exit_code == 0);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const auto drilled = shop.ctl({"-o", "json", "backup", "drill", path});
    CHECK(drilled.exit_code == 1);
    CHECK(Json::parse(drilled.out)["found"] == 1);
    CHECK(shop.ctl({"store", "check", "--repair"}).exit_code == 5);  // nobody to ask
    CHECK(shop.ctl({"store", "check"}).exit_code == 1);
    const auto mended = shop.ctl({"--yes", "-o", "json", "store", "check", "--repair"});
    CHECK(mended.exit_code == 0);
    const auto report = Json::parse(mended.out);
    REQUIRE(report["findings"].size() == 1);
    CHECK(report["findings"][0]["repaired"] == true);
    CHECK(report["left"] == 0);
    shop.ok({"store", "check"});
}

TEST_CASE("store compact: free pages are given back, and the shop is open again as it was") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::string text(4000, 'x');
    for (int i = 0; i < 40; ++i)
        shop.ok({"product", "create", "BIG-" + std::to_string(i), "--name", "Big", "--price", "1",
                 "--description", text});
    for (int i = 0; i < 40; ++i)
        shop.ok({"--yes", "product", "delete", "BIG-" + std::to_string(i)});
    const auto before = test::shown(shop);
    const std::string data = shop.data_dir().string();
    CHECK(shop.ctl({"store", "compact", "--data", data}).exit_code == 5);
    const auto rows = shop.json({"--yes", "store", "compact", "--data", data});
    REQUIRE(rows.size() == 3);
    for (const Json& row : rows) CHECK(row["bytes_after"] <= row["bytes_before"]);
    CHECK(rows[1]["bytes_after"] < rows[1]["bytes_before"]);
    CHECK(test::shown(shop) == before);
    shop.ok({"store", "check"});
    shop.ok({"down", "--data", data});
    shop.ok({"--yes", "store", "compact", "--data", data});
    CHECK(shop.ctl({"status", "--data", data}).exit_code == 3);
    CHECK(shop.ctl({"store", "compact", "--data", "/nowhere"}).exit_code == 3);
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
}
