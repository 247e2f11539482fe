// Backups of a real shop: made while it is open, verified, and restored.
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "backup_helpers.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder))
        out.push_back(entry.path().filename().string());
    return out;
}

// A backup's bytes, one of them changed, in a file of its own.
std::string flipped(const std::string& path, std::size_t at) {
    std::string bytes = read_file(path).value();
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x10);
    const std::string other = path + "-flipped.backup";
    REQUIRE(write_file(other, bytes, 0600));
    return other;
}

}  // namespace

TEST_CASE("backup: it is made, listed and verified; nothing else is left anywhere") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto made = shop.json({"backup", "create"});
    const fs::path path = made["path"].get<std::string>();
    CHECK(path.parent_path() == shop.folder() / ".local/share/shop/backups");
    CHECK(names_in(path.parent_path()) == std::vector<std::string>{path.filename().string()});
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    CHECK(made["bytes"] == status.st_size);
    const auto listed = shop.json({"backup", "list"});
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["state"] == "ok");
    CHECK(listed[0]["id"] == made["id"]);
    CHECK(listed[0]["entries"] == made["entries"]);
    const auto verified = shop.json({"backup", "verify", path.string()});
    REQUIRE(verified.size() == 3);
    std::int64_t entries = 0;
    for (const Json& row : verified) {
        CHECK(row["state"] == "ok");
        entries += row["entries"].get<std::int64_t>();
    }
    CHECK(made["entries"] == entries);
    for (const std::string service : {"userd", "productd", "orderd"}) {
        const auto snapshots = shop.data_dir() / "stores" / service / "snapshots";
        CHECK((!fs::exists(snapshots) || fs::is_empty(snapshots)));
    }
}

TEST_CASE("backup: a changed byte anywhere is noticed, and one that is cut off") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const std::size_t size = fs::file_size(path);
    const auto verified = shop.json({"backup", "verify", path});
    std::vector<std::size_t> places = {0, 5, 20, 90, size / 2, size - 1, size - 40, size - 60};
    for (std::size_t at = 100; at < size; at += size / 9) places.push_back(at);
    for (const std::size_t at : places) {
        INFO("byte " << at << " of " << size);
        const auto outcome = shop.ctl({"backup", "verify", flipped(path, at)});
        CHECK(outcome.exit_code == 1);
        CHECK_THAT(outcome.err, Catch::Contains("damaged") || Catch::Contains("not a backup") ||
                                    Catch::Contains("cut off"));
    }
    flipped(path, size - 60);  // where a list looks
    fs::resize_file(path, size - 100);
    CHECK(shop.ctl({"backup", "verify", path}).exit_code == 1);
    CHECK(shop.ctl({"--yes", "backup", "restore", path, "--data", shop.folder() / "r"}).exit_code ==
          1);
    CHECK(!fs::exists(shop.folder() / "r/stores"));
    const auto listed = shop.json({"backup", "list", (shop.folder() / "b").string()});
    REQUIRE(listed.size() == 2);
    for (const Json& row : listed) CHECK(row["state"] == "damaged");
}

TEST_CASE("backup: to standard output it is the same file, and nothing else goes there") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto before = test::shown(shop);
    const auto streamed = shop.ctl({"backup", "create", "--to", "-"});
    REQUIRE(streamed.exit_code == 0);
    CHECK_THAT(streamed.err, Catch::Contains("entries"));
    const auto path = shop.folder() / "piped.backup";
    REQUIRE(write_file(path, streamed.out, 0600));
    for (const Json& row : shop.json({"backup", "verify", "-"}, streamed.out))
        CHECK(row["state"] == "ok");
    CHECK(shop.ctl({"backup", "verify", "-"}, streamed.out.substr(0, 400)).exit_code == 1);
    const auto data = shop.folder() / "again";
    shop.ok({"backup", "restore", path.string(), "--data", data.string()});
    const test::SecondShop second(shop, data);
    shop.ok({"--context", "second", "login", "admin"}, shop.admin().second + "\n");
    CHECK(test::shown(shop, "second") == before);
}

TEST_CASE("backup: restored into an empty folder it is the same shop, and it sells") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto before = test::shown(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const auto data = shop.folder() / "elsewhere";
    const auto restored = shop.ctl({"backup", "restore", path, "--data", data.string()});
    CHECK(restored.exit_code == 0);
    CHECK_THAT(restored.err, Catch::Contains("shopctl up --data"));
    CHECK(!fs::exists(data / "restoring"));
    const test::SecondShop second(shop, data);
    // Passwords are the accounts' own: no file with another one is made.
    CHECK(!fs::exists(data / "admin.txt"));
    shop.ok({"--context", "second", "login", "admin"}, shop.admin().second + "\n");
    CHECK(test::shown(shop, "second") == before);
    shop.ok({"--context", "second", "cart", "add", "BK-2"});
    CHECK(shop.json_as("second", {"order", "create"})["number"] == 2);
    CHECK(shop.as("second", {"store", "check"}).exit_code == 0);
    CHECK(test::shown(shop) == before);
}

TEST_CASE("backup: restored over a running shop it brings back what was, and keeps what is") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto before = test::shown(shop);
    const std::string path = test::make_backup(shop, shop.folder() / "b");
    const auto supervisor = Json::parse(*read_file(shop.data_dir() / "shop.json"))["pid"];
    shop.ok({"--yes", "product", "delete", "BK-3"});
    REQUIRE(shop.as("bea", {"cart", "add", "BK-1"}).exit_code == 0);
    shop.json_as("bea", {"order", "create"});
    const auto since = test::shown(shop);
    const std::string data = shop.data_dir().string();
    const auto refused = shop.ctl({"backup", "restore", path, "--data", data});
    CHECK(refused.exit_code == 5);
    CHECK(test::shown(shop) == since);
    shop.ok({"--yes", "backup", "restore", path, "--data", data});
    CHECK(test::shown(shop) == before);
    CHECK(Json::parse(*read_file(shop.data_dir() / "shop.json"))["pid"] == supervisor);
    shop.ok({"store", "check"});
    // The way back, as the command's page tells it.
    shop.ok({"down", "--data", data});
    for (const std::string service : {"userd", "productd", "orderd"})
        fs::rename(shop.data_dir() / "stores" / service / "former/data.mdb",
                   shop.data_dir() / "stores" / service / "data.mdb");
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
    CHECK(test::shown(shop) == since);
}

TEST_CASE("backup: buyers go on buying while it is made, and nothing is wrong with it") {
    const test::RunningShop shop;
    test::fill(shop);
    const std::vector<std::string> names = {"amy", "ben", "cat"};
    for (const auto& name : names) shop.customer(name);
    std::atomic<bool> over = false;
    std::atomic<int> bought = 0;
    std::atomic<int> failed = 0;
    std::vector<std::thread> buyers;
    for (const auto& name : names)
        buyers.emplace_back([&, name] {
            while (!over) {
                const bool added = shop.as(name, {"cart", "add", "BK-2"}).exit_code == 0;
                const bool placed = added && shop.as(name, {"order", "create"}).exit_code == 0;
                ++(placed ? bought : failed);
            }
        });
    std::vector<std::string> outcomes;
    for (int i = 0; i < 3; ++i) {
        const int before = bought;
        const auto made =
            shop.ctl({"backup", "create", "--to", (shop.folder() / std::to_string(i)).string()});
        outcomes.push_back(std::to_string(made.exit_code) + made.err);
        test::eventually([&] { return bought > before + 5; });
    }
    over = true;
    for (auto& buyer : buyers) buyer.join();
    for (const auto& outcome : outcomes) CHECK(outcome == "0");
    CHECK(bought > 15);
    CHECK(failed == 0);
    for (int i = 0; i < 3; ++i) {
        const auto folder = shop.folder() / std::to_string(i);
        const auto drilled = shop.json({"backup", "drill", folder / names_in(folder).at(0)});
        CHECK(drilled["found"] == 0);
        CHECK(drilled["examined"] > 0);
    }
}

TEST_CASE("backup: the drill leaves nothing behind, and the shop as it was") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto before = test::shown(shop);
    const auto contexts = shop.json({"context", "list"});
    const auto scratch = shop.folder() / "scratch";
    REQUIRE(make_folder(scratch, 0700));
    const auto report = shop.json({"backup", "drill", "--scratch", scratch.string()});
    CHECK(report["found"] == 0);
    CHECK(report["recovery_seconds"] > 0);
    CHECK(fs::is_empty(scratch));
    CHECK(shop.json({"context", "list"}) == contexts);
    CHECK(test::shown(shop) == before);
    const auto missing = shop.ctl({"backup", "drill", "--scratch", "/nowhere"});
    CHECK(missing.exit_code == 6);
    CHECK_THAT(missing.err, Catch::Contains("--scratch"));
}

TEST_CASE("backup: it is the administrator's, and needs a shop that answers") {
    const test::RunningShop shop;
    test::fill(shop);
    const auto folder = (shop.folder() / "b").string();
    CHECK(shop.as("bea", {"backup", "create", "--to", folder}).exit_code == 4);
    CHECK(fs::is_empty(folder));
    CHECK(shop.ctl({"backup", "list", "/nowhere"}).exit_code == 3);
    CHECK(shop.ctl({"backup", "verify", "/nowhere.backup"}).exit_code == 3);
    CHECK(shop.ctl({"backup", "restore", "/nowhere.backup"}).exit_code == 3);
    const std::string data = shop.data_dir().string();
    shop.ok({"down", "--data", data});
    const auto down = shop.ctl({"--timeout", "0.5", "backup", "create", "--to", folder});
    CHECK(down.exit_code == 6);
    CHECK(fs::is_empty(folder));
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
}
