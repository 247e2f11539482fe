// The first administrator, from a file at start.
#include <catch2/catch.hpp>

#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;

namespace {

// The next start finds an empty store.
void empty_store(UserShop& shop) {
    shop.stop();
    std::filesystem::remove_all(shop.rig().folder() / "userd");
}

}  // namespace

TEST_CASE("first_admin_file: makes an administrator once", "[userd]") {
    UserShop shop;
    const Json root = json_of(shop.get("root", "/v1/users/me"));
    CHECK(root["role"] == "admin");
    CHECK(root["email"] == "root@localhost.localdomain");
    CHECK(shop.events().front()["type"] == "user.created");
    const auto before = shop.state();
    // Where one is there, the file is not even read.
    shop.write_admin_file("other:correct horse", 0644);
    shop.restart();
    CHECK(shop.state() == before);
    std::filesystem::remove(shop.settings().first_admin_file);
    shop.restart();
    CHECK(shop.state() == before);
}

TEST_CASE("first_admin_file: a file that others may read stops the start", "[userd]") {
    UserShop shop;
    for (const unsigned mode : {0644U, 0640U, 0604U}) {
        empty_store(shop);
        shop.write_admin_file("root:correct horse", mode);
        const auto started = shop.start();
        REQUIRE_FALSE(started);
        CHECK_THAT(started.error().message,
                   Catch::Contains("chmod 600 " + shop.settings().first_admin_file));
    }
}

TEST_CASE("first_admin_file: what it may not hold is said with its name", "[userd]") {
    UserShop shop;
    for (const char* text : {"", "root", "root:", ":correct horse", "Root:correct horse",
                             "root:short", "root:roo\xFF correct", "me:correct horse"}) {
        INFO(text);
        empty_store(shop);
        shop.write_admin_file(text);
        const auto started = shop.start();
        REQUIRE_FALSE(started);
        CHECK_THAT(started.error().message, Catch::Contains("first_admin_file"));
    }
    empty_store(shop);
    std::filesystem::remove(shop.settings().first_admin_file);
    const auto started = shop.start();
    REQUIRE_FALSE(started);
    CHECK_THAT(started.error().message, Catch::Contains("there is no file"));
}
