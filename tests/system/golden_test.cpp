// Stores of every format that ever was, under today's programs: what is in them is still there.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "base/zstd.hpp"
#include "support/running_shop.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// See tests/golden/README.md for what is in them.
const fs::path kStores = fs::path(SHOP_SOURCE_DIR) / "tests/golden/stores";

void unpack(const fs::path& from, const fs::path& to) {
    std::string packed = read_file(from).value();
    ZstdReader reader([&](std::span<char> out) -> Result<std::size_t> {
        const std::size_t count = std::min(out.size(), packed.size());
        std::copy_n(packed.begin(), count, out.begin());
        packed.erase(0, count);
        return count;
    });
    std::string content;
    std::string buffer(1 << 20, '\0');
    for (std::size_t got = 1; got > 0; content.append(buffer, 0, got))
        got = reader.read(buffer).value();
    REQUIRE(write_file(to, content, 0600));
}

// A shop with copies of the stores in the folder.
void lay_out(const fs::path& stores, const fs::path& data_dir) {
    for (const std::string service : {"userd", "productd", "orderd"}) {
        REQUIRE(make_folder(data_dir / "stores" / service, 0700));
        unpack(stores / (service + ".mdb.zst"), data_dir / "stores" / service / "data.mdb");
    }
    REQUIRE(write_file(data_dir / "admin.txt", "admin:golden-store-admin\n", 0600));
}

void check_accounts(const test::RunningShop& shop) {
    CHECK(shop.json({"user", "list"}).size() == 3);
    for (const std::string name : {"ada", "bob"}) {
        CHECK(shop.json({"user", "get", name})["email"] == name + "@example.org");
        shop.ok({"context", "set", name, "--users-url", shop.url("userd"), "--products-url",
                 shop.url("productd"), "--orders-url", shop.url("orderd")});
        shop.ok({"--context", name, "login", name}, "correct horse battery\n");
    }
}

void check_catalogue(const test::RunningShop& shop) {
    CHECK(shop.json({"product", "list"}).size() == 3);
    const Json tea = shop.json({"product", "get", "tea-pot"});
    CHECK(tea["sku"] == "TEA-1");
    CHECK(tea["price"] == Json{{"amount", 1275}, {"currency", "GBP"}});
    CHECK(shop.json({"product", "get", "cup-1"})["name"] == "Große Tasse");
    CHECK(shop.json({"product", "get", "2"})["price"]["amount"] == 320);
    CHECK(shop.json({"product", "list", "--category", "kitchen"}).size() == 2);

    CHECK(shop.json({"stock", "get", "TEA-1"})["on_hand"] == 13);
    CHECK(shop.json({"stock", "get", "TEA-1"})["reserved"] == 0);
    std::int64_t sum = 0;
    const Json ledger = shop.json({"stock", "list", "TEA-1"});
    for (const Json& movement : ledger) sum += movement["quantity"].get<std::int64_t>();
    CHECK(sum == 13);
    CHECK(ledger.size() == 5);
}

void check_orders(const test::RunningShop& shop) {
    const Json first = shop.json_as("ada", {"order", "get", "1"});
    CHECK(first["state"] == "fulfilled");
    CHECK(first["note"] == "Blue ribbon");
    CHECK(first["total"] == Json{{"amount", 3550}, {"currency", "GBP"}});
    const Json second = shop.json_as("ada", {"order", "get", "2"});
    CHECK(second["state"] == "cancelled");
    CHECK(second["reason"] == "too many");
    CHECK(shop.json({"order", "list"}).size() == 2);
    CHECK(shop.json_as("bob", {"cart", "get"})["lines"][0]["quantity"] == 3);
    CHECK(shop.ctl({"store", "check"}).exit_code == 0);
}

}  // namespace

TEST_CASE("golden: the stores of every format are opened, with all that is in them", "[golden]") {
    int formats = 0;
    for (const auto& entry : fs::directory_iterator(kStores)) {
        INFO(entry.path());
        ++formats;
        const test::RunningShop shop(
            [&](const fs::path& data_dir) { lay_out(entry.path(), data_dir); });
        check_accounts(shop);
        check_catalogue(shop);
        check_orders(shop);
        // The shop goes on where it ended: numbers, stock and the log of events.
        const auto events = shop.json({"event", "list", "--limit", "1000"}).size();
        CHECK(shop.json_as("bob", {"order", "create"})["number"] == 3);
        CHECK(shop.json({"stock", "get", "CUP-1"})["on_hand"] == 0);
        CHECK(shop.json({"event", "list", "--limit", "1000"}).size() > events);
        // The audit chain too: old records have other members than new ones.
        shop.ok({"audit", "verify"});
    }
    CHECK(formats >= 1);
}
