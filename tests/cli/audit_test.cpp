// shopctl audit: who did what, and that an altered log is noticed.
#include <lmdb.h>

#include "api/audit.hpp"
#include "backup_helpers.hpp"
#include "base/text.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// The audit table of a store that no service has open, record by record.
using AuditLog = std::map<std::string, std::string>;

struct OpenTable {
    explicit OpenTable(const fs::path& store) {
        REQUIRE(mdb_env_create(&env) == 0);
        mdb_env_set_maxdbs(env, 64);
        REQUIRE(mdb_env_open(env, store.c_str(), MDB_NOTLS, 0600) == 0);
        REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
        REQUIRE(mdb_dbi_open(txn, "audit", 0, &handle) == 0);
    }
    ~OpenTable() {
        mdb_txn_commit(txn);
        mdb_env_close(env);
    }
    OpenTable(const OpenTable&) = delete;
    OpenTable& operator=(const OpenTable&) = delete;

    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    MDB_dbi handle = 0;
};

std::string text_of(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

AuditLog read_log(const fs::path& store) {
    const OpenTable table(store);
    AuditLog log;
    MDB_cursor* cursor = nullptr;
    MDB_val key{}, value{};
    REQUIRE(mdb_cursor_open(table.txn, table.handle, &cursor) == 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) log[text_of(key)] = text_of(value);
    mdb_cursor_close(cursor);
    return log;
}

void write_log(const fs::path& store, AuditLog log) {
    const OpenTable table(store);
    REQUIRE(mdb_drop(table.txn, table.handle, 0) == 0);
    for (auto& [name, text] : log) {
        std::string key_bytes = name;
        MDB_val key{key_bytes.size(), key_bytes.data()};
        MDB_val value{text.size(), text.data()};
        REQUIRE(mdb_put(table.txn, table.handle, &key, &value, 0) == 0);
    }
}

AuditLog::iterator record_of(AuditLog& log, int seq) { return std::next(log.begin(), seq - 1); }

Json json_at(AuditLog& log, int seq) { return parse_json(record_of(log, seq)->second).value(); }

// All from `seq` on belongs to somebody else, and the chain holds.
void rewrite_from(AuditLog& log, int seq) {
    std::string previous = json_at(log, seq - 1).value("hash", "");
    for (auto at = record_of(log, seq); at != log.end(); ++at) {
        Json record = parse_json(at->second).value();
        record["actor"] = "usr_somebody";
        record["previous"] = previous;
        record["hash"] = previous = api::audit_link_hash(previous, record);
        at->second = dump(record);
    }
}

// productd's log, as `damage` leaves it, in the running shop.
void damage_log(const test::RunningShop& shop, const std::function<void(AuditLog&)>& damage,
                const AuditLog& whole) {
    const std::string data = shop.data_dir().string();
    shop.ok({"down", "--data", data});
    AuditLog log = whole.empty() ? read_log(shop.data_dir() / "stores/productd") : whole;
    damage(log);
    write_log(shop.data_dir() / "stores/productd", log);
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
}

Json verdict(const test::RunningShop& shop, std::vector<std::string> more, int exit_code) {
    std::vector<std::string> words = {"-o", "json", "audit", "verify", "--service", "productd"};
    words.insert(words.end(), more.begin(), more.end());
    const auto outcome = shop.ctl(words);
    INFO(outcome.out << outcome.err);
    CHECK(outcome.exit_code == exit_code);
    const Json rows = Json::parse(outcome.out);
    return rows.is_array() ? rows.at(0) : rows;
}

void keep_heads(const test::RunningShop& shop, const fs::path& file) {
    REQUIRE(write_file(file, shop.ok({"audit", "head"}), 0600));
}

}  // namespace

TEST_CASE("audit list, audit show: who did what, from where, before and after") {
    const auto& shop = test::shared_shop();
    shop.ok({"product", "create", "AUD-1", "--name", "Bag", "--price", "2.95"});
    shop.ok({"product", "update", "AUD-1", "--price", "3.25"});
    shop.customer("aud");
    CHECK(shop.as("aud", {"user", "list"}).exit_code == 4);
    CHECK(shop.as("aud", {"audit", "list"}).exit_code == 4);
    const std::string id = shop.json({"product", "get", "AUD-1"})["id"];

    const Json rows = shop.json({"audit", "list", "--subject", id});
    REQUIRE(rows.size() >= 2);
    const Json& record = rows.back();
    CHECK(record["service"] == "productd");
    CHECK(record["action"] == "product_update");
    CHECK(record["actor_name"] == "admin");
    CHECK(record["address"] == "127.0.0.1");
    CHECK(record["changes"]["price.amount"] == Json{{"from", 295}, {"to", 325}});
    const auto shown =
        shop.ok({"audit", "show", "productd", std::to_string(record.value("seq", 0))});
    CHECK_THAT(shown, Catch::Contains("product_update") && Catch::Contains("BEFORE") &&
                          Catch::Contains("price.amount") && Catch::Contains("325"));
    CHECK(shop.ctl({"audit", "show", "productd", "1000000"}).exit_code == 3);
    CHECK(shop.ctl({"audit", "show", "paymentd", "1"}).exit_code == 2);

    const auto refused = shop.ok({"audit", "list", "--service", "userd", "--actor", "aud"});
    CHECK_THAT(refused, Catch::Contains("user_list") && Catch::Contains("refused"));
    CHECK(shop.json({"audit", "list", "--limit", "3"}).size() == 3);
    CHECK(shop.json({"audit", "list", "--actor", "nobody"}).empty());
    CHECK(shop.json({"audit", "list", "--since", "2999-01-01"}).empty());
    CHECK(shop.ctl({"audit", "list", "--since", "soon"}).exit_code == 1);
    const auto all = shop.json({"audit", "list", "--all"});
    CHECK(std::ranges::is_sorted(all, {}, [](const Json& row) { return row.value("time", ""); }));
}

TEST_CASE("audit verify: a log that was altered, cut short or written anew is noticed") {
    const test::RunningShop shop;
    test::fill(shop);
    const fs::path heads = shop.folder() / "heads.json";
    const std::vector<std::string> with_heads = {"--head", heads.string()};
    keep_heads(shop, heads);
    shop.ok({"product", "update", "BK-1", "--name", "Other"});
    CHECK(verdict(shop, with_heads, 0)["state"] == "ok");
    CHECK_THAT(shop.ctl({"audit", "verify", "--head", heads.string()}).err,
               Catch::Contains("so do the kept heads"));
    keep_heads(shop, heads);

    AuditLog whole;
    damage_log(shop, [&](AuditLog& log) { whole = log; }, {});
    CHECK(verdict(shop, with_heads, 0)["state"] == "ok");
    const auto last = static_cast<int>(whole.size());
    REQUIRE(last > 6);

    damage_log(
        shop,
        [](AuditLog& log) {
            Json record = json_at(log, 3);
            record["actor_name"] = "somebody";
            record_of(log, 3)->second = dump(record);
        },
        whole);
    auto row = verdict(shop, {}, 1);
    CHECK(row["state"] == "broken");
    CHECK_THAT(row["problem"].get<std::string>(), Catch::StartsWith("productd: record 3 "));
    CHECK_THAT(shop.ctl({"audit", "verify"}).out, Catch::Contains("productd: record 3 "));

    damage_log(
        shop, [](AuditLog& log) { log.erase(record_of(log, 4)); }, whole);
    row = verdict(shop, {}, 1);
    CHECK_THAT(row["problem"].get<std::string>(),
               Catch::StartsWith("productd: record 4 is missing"));

    damage_log(
        shop, [](AuditLog& log) { log.erase(std::prev(log.end())); }, whole);
    CHECK(verdict(shop, {}, 0)["state"] == "ok");
    row = verdict(shop, with_heads, 1);
    CHECK(row["state"] == "cut short");
    CHECK_THAT(row["problem"].get<std::string>(),
               Catch::Contains("record " + std::to_string(last) + " was there"));

    damage_log(
        shop, [](AuditLog& log) { rewrite_from(log, 5); }, whole);
    CHECK(verdict(shop, {}, 0)["state"] == "ok");
    row = verdict(shop, with_heads, 1);
    CHECK(row["state"] == "rewritten");
    CHECK_THAT(row["problem"].get<std::string>(),
               Catch::StartsWith("productd: record " + std::to_string(last) + " is another one"));
}

TEST_CASE("audit verify: a kept head counts only with the service's own signature") {
    const auto& shop = test::shared_shop();
    const fs::path file = shop.folder() / "heads.json";
    keep_heads(shop, file);
    const Json heads = parse_json(read_file(file).value()).value();
    REQUIRE(heads.size() == 3);
    const std::vector<std::string> with_heads = {"--head", file.string()};
    Json forged = heads;
    for (Json& head : forged) head["hash"] = std::string(64, '0');
    REQUIRE(write_file(file, dump(forged), 0600));
    CHECK(verdict(shop, with_heads, 1)["state"] == "bad signature");
    REQUIRE(write_file(file, dump(heads), 0600));
    CHECK(verdict(shop, with_heads, 0)["state"] == "ok");

    const fs::path keys = shop.folder() / "kept-keys";
    fs::create_directories(keys);
    const auto with_keys = [&](int exit_code) {
        CHECK(shop.ctl({"audit", "verify", "--head", file.string(), "--keys-dir", keys.string()})
                  .exit_code == exit_code);
    };
    with_keys(3);
    for (const std::string name : {"userd", "productd", "orderd"})
        fs::copy_file(shop.data_dir() / "keys" / (name + ".pub"), keys / (name + ".pub"));
    with_keys(0);
    REQUIRE(write_file(file, "{}", 0600));
    with_keys(1);
}
