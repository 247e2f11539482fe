// Restores that do not come to their end, and backups that get in each other's way.
#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>

#include <csignal>

#include "backup_helpers.hpp"
#include "base/file_lock.hpp"
#include "base/random.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// A folder of programs like the real one, but for a shop-orderd that takes a backup and then hangs.
fs::path hanging_programs(const fs::path& folder) {
    REQUIRE(make_folder(folder, 0700));
    fs::copy_file(test::binary("shopctl"), folder / "shopctl");
    for (const char* daemon : {"shop-userd", "shop-productd"})
        fs::create_symlink(test::binary(daemon), folder / daemon);
    const std::string script =
        "#!/bin/sh\ncase $1 in --restore) cat > /dev/null; exec sleep 600;; "
        "esac\nexec " +
        test::binary("shop-orderd").string() + " \"$@\"\n";
    REQUIRE(write_file(folder / "shop-orderd", script, 0700));
    return folder / "shopctl";
}

// A restore with these programs, two of whose three services are done.
std::unique_ptr<test::Process> half_restore(const test::RunningShop& shop, const std::string& file,
                                            const std::string& data) {
    const auto program = hanging_programs(shop.folder() / "programs");
    auto process = std::make_unique<test::Process>(
        program, test::ProcessOptions{{"--yes", "backup", "restore", file, "--data", data},
                                      shop.environment()});
    const fs::path mark = fs::path(data) / "restoring";
    REQUIRE(test::eventually([&] {
        const auto text = read_file(mark);
        return text && Json::parse(*text)["done"].size() == 2;
    }));
    return process;
}

bool runs(const test::RunningShop& shop) {
    return shop.ctl({"status", "--data", shop.data_dir().string()}).exit_code != 3;
}

// Values that no compressor makes small, of a table that holds kept answers.
void add_ballast(const fs::path& store, std::size_t mib) {
    MDB_env* env = nullptr;
    REQUIRE(mdb_env_create(&env) == 0);
    mdb_env_set_mapsize(env, std::size_t{8} << 30);
    mdb_env_set_maxdbs(env, 64);
    REQUIRE(mdb_env_open(env, store.c_str(), MDB_NOTLS, 0600) == 0);
    MDB_txn* txn = nullptr;
    MDB_dbi table = 0;
    REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
    REQUIRE(mdb_dbi_open(txn, "idempotency", 0, &table) == 0);
    for (std::size_t i = 0; i < mib; ++i) {
        std::string key = "ballast" + std::to_string(i);
        std::string value = random_bytes(1024 * 1024);
        MDB_val k{key.size(), key.data()};
        MDB_val v{value.size(), value.data()};
        REQUIRE(mdb_put(txn, table, &k, &v, 0) == 0);
    }
    REQUIRE(mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
}

}  // namespace

TEST_CASE("restore: one that is killed half-way is noticed, and run again it comes to its end") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto before = test::shown(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    shop.ok({"--yes", "product", "delete", "BK-3"});
    const std::string data = shop.data_dir().string();
    struct stat sold {};
    REQUIRE(::stat((shop.data_dir() / "stores/productd/data.mdb").c_str(), &sold) == 0);
    auto restore = half_restore(shop, path, data);
    CHECK_THAT(shop.ctl({"status", "--data", data}).out, Catch::Contains("maintenance"));
    restore->signal(SIGKILL);
    restore->wait();
    CHECK(test::eventually([&] { return !runs(shop); }));
    CHECK_THAT(read_file(shop.data_dir() / "log/up.log").value(),
               Catch::Contains("shopctl backup restore " + path));
    const std::vector<std::string> up = {"up", "--detach",    "--data",
                                         data, "--port-base", std::to_string(shop.port_base())};
    const auto refused = shop.ctl(up);
    CHECK(refused.exit_code == 5);
    CHECK_THAT(refused.err, Catch::Contains("shopctl backup restore " + path));
    CHECK(!runs(shop));
    shop.ok({"--yes", "backup", "restore", path, "--data", data});
    // What was there before the first try is what stays as the former one.
    struct stat former {};
    REQUIRE(::stat((shop.data_dir() / "stores/productd/former/data.mdb").c_str(), &former) == 0);
    CHECK(former.st_ino == sold.st_ino);
    shop.ok(up);
    CHECK(test::shown(shop) == before);
    shop.ok({"store", "check"});
}

TEST_CASE("restore: Ctrl-C ends it, and says that the shop waits for the rest") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const std::string data = shop.data_dir().string();
    auto restore = half_restore(shop, path, data);
    restore->signal(SIGINT);
    const auto outcome = restore->wait();
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, Catch::Contains("Interrupted") && Catch::Contains("Run it again"));
    CHECK(test::eventually([&] { return !runs(shop); }));
    shop.ok({"--yes", "backup", "restore", path, "--data", data});
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
}

TEST_CASE("restore: a service that refuses the backup leaves the shop as it was, and open") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto before = test::shown(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const fs::path programs = shop.folder() / "programs";
    REQUIRE(make_folder(programs, 0700));
    fs::copy_file(test::binary("shopctl"), programs / "shopctl");
    for (const char* daemon : {"shop-userd", "shop-productd", "shop-orderd"})
        REQUIRE(write_file(programs / daemon,
                           "#!/bin/sh\necho '{\"message\":\"this store is of the future\"}' >&2\n"
                           "exit 1\n",
                           0700));
    const auto outcome = test::run(
        programs / "shopctl",
        {{"--yes", "backup", "restore", path, "--data", shop.data_dir()}, shop.environment()});
    CHECK(outcome.exit_code == 5);
    CHECK_THAT(outcome.err, Catch::Contains("this store is of the future") &&
                                Catch::Contains("Nothing was changed"));
    CHECK(!fs::exists(shop.data_dir() / "restoring"));
    CHECK(test::shown(shop) == before);
}

TEST_CASE("restore: while somebody works on the stores nobody else does, and no shop starts") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const std::string data = shop.data_dir().string();
    {
        const FileLock lock(shop.data_dir() / "maintenance", FileLock::Kind::exclusive);
        REQUIRE(lock.held());
        const auto second = shop.ctl({"--yes", "backup", "restore", path, "--data", data});
        CHECK(second.exit_code == 5);
        CHECK_THAT(second.err, Catch::Contains("already"));
        CHECK(shop.ctl({"--yes", "store", "compact", "--data", data}).exit_code == 5);
        shop.ok({"down", "--data", data});
        const auto up = shop.ctl(
            {"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
        CHECK(up.exit_code == 5);
        CHECK_THAT(up.err, Catch::Contains("works on the stores"));
    }
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
}

TEST_CASE("maintenance: the services come back by themselves where the one who asked has died") {
    const test::RunningShop shop;
    const auto state = [&] { return Json::parse(*read_file(shop.data_dir() / "shop.json")); };
    const auto supervisor = state()["pid"].get<pid_t>();
    {
        const FileLock lock(shop.data_dir() / "maintenance", FileLock::Kind::exclusive);
        REQUIRE(lock.held());
        REQUIRE(::kill(supervisor, SIGUSR1) == 0);
        CHECK(test::eventually([&] { return state()["maintenance"] == true; }));
        const Json paused = state();
        for (const Json& service : paused["services"]) CHECK(service["pid"] == 0);
        const auto status = shop.ctl({"status", "--data", shop.data_dir().string()});
        CHECK(status.exit_code == 6);
        CHECK_THAT(status.out, Catch::Contains("maintenance"));
    }
    CHECK(test::eventually([&] { return shop.ctl({"health"}).exit_code == 0; }));
    CHECK(state()["pid"] == supervisor);
    CHECK(state()["maintenance"] == false);
}

TEST_CASE("backup: one that is begun while another is written is told so") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::string id = "bak_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b";
    const auto folder = shop.data_dir() / "stores/orderd/snapshots";
    REQUIRE(make_folder(folder, 0700));
    // Whoever opens a pipe to write into it waits for a reader.
    const auto pipe = folder / (id + ".zst");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const auto [name, password] = shop.admin();
    const auto taken = shop.send("orderd", "POST", "/v1/store/snapshots",
                                 {{"content-type", "application/json"},
                                  {"authorization", "Bearer " + shop.token(name, password)}},
                                 Json{{"id", id}}.dump());
    REQUIRE(taken.status == 202);
    const auto to = (shop.folder() / "b").string();
    const auto second = shop.ctl({"backup", "create", "--to", to});
    CHECK(second.exit_code == 5);
    CHECK_THAT(second.err, Catch::Contains("Another backup is being made"));
    CHECK(fs::is_empty(to));
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(reader >= 0);
    ::close(reader);
    // Whoever began the first one gives it up.
    for (const std::string service : {"orderd", "productd"})
        shop.send(service, "DELETE", "/v1/store/snapshots/" + id,
                  {{"authorization", "Bearer " + shop.token(name, password)}});
    CHECK(test::eventually([&] {
        return shop.ctl({"backup", "create", "--to", to}).exit_code == 0;
    }));
}

TEST_CASE("backup: Ctrl-C leaves nothing of it, here and at the services") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::string data = shop.data_dir().string();
    shop.ok({"down", "--data", data});
    add_ballast(shop.data_dir() / "stores/orderd", 256);
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
    const auto folder = shop.folder() / "b";
    test::Process create(test::binary("shopctl"),
                         {{"backup", "create", "--to", folder.string()}, shop.environment()});
    REQUIRE(test::eventually([&] { return fs::exists(folder) && !fs::is_empty(folder); }));
    create.signal(SIGINT);
    const auto ended = create.wait();
    CHECK(ended.exit_code == 1);
    CHECK_THAT(ended.err, Catch::Contains("Interrupted"));
    CHECK(fs::is_empty(folder));
    for (const std::string service : {"userd", "productd", "orderd"}) {
        const auto snapshots = shop.data_dir() / "stores" / service / "snapshots";
        CHECK((!fs::exists(snapshots) || fs::is_empty(snapshots)));
    }
}
