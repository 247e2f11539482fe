// Passwords, tokens and questions: never on the command line, never in a file that others read,
// never asked where nobody can answer.
#include <sys/stat.h>

#include "base/file.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    INFO(path);
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("secrets: a password as an argument is a usage error") {
    const auto& shop = test::shared_shop();
    CHECK(shop.ctl({"login", "admin", "secret-word"}).exit_code == 2);
    CHECK(shop.ctl({"login", "admin", "--password", "secret-word"}).exit_code == 2);
    const auto made = shop.ctl(
        {"user", "create", "zoe", "--email", "zoe@example.org", "--password", "secret-word"});
    CHECK(made.exit_code == 2);
    CHECK(shop.ctl({"user", "update", "me", "--password=secret-word"}).exit_code == 2);
    CHECK(shop.ctl({"user", "get", "zoe"}).exit_code == 3);
}

TEST_CASE("secrets: a missing or bad password changes nothing") {
    const auto& shop = test::shared_shop();
    const std::vector<std::string> create = {"user", "create", "zac", "--email", "zac@example.org"};
    const auto none = shop.ctl(create);
    CHECK(none.exit_code == 1);
    CHECK_THAT(none.err, Catch::Contains("No password was given"));
    CHECK(shop.ctl(create, "short\n").exit_code == 1);
    CHECK(shop.ctl({"user", "get", "zac"}).exit_code == 3);
}

TEST_CASE("secrets: a new password needs the current one, and ends other sessions") {
    const auto& shop = test::shared_shop();
    shop.customer("zia");
    const std::string old_password = test::kPassword;
    const auto change = [&](const std::string& input) {
        return shop.ctl({"--context", "zia", "user", "update", "me", "--password"}, input);
    };
    CHECK(change("not the one\nanother good one\n").exit_code != 0);
    CHECK(change(old_password + "\nanother good one\n").exit_code == 0);
    CHECK(shop.ctl({"--context", "zia", "login", "zia"}, old_password + "\n").exit_code == 4);
    CHECK(shop.ctl({"--context", "zia", "login", "zia"}, "another good one\n").exit_code == 0);
}

TEST_CASE("secrets: what holds tokens and passwords is for its owner alone") {
    const auto& shop = test::shared_shop();
    CHECK(mode_of(shop.folder() / "config.json") == 0600);
    CHECK(mode_of(shop.data_dir()) == 0700);
    CHECK(mode_of(shop.data_dir() / "admin.txt") == 0600);
    CHECK(mode_of(shop.data_dir() / "shop.json") == 0600);
    CHECK(mode_of(shop.data_dir() / "keys") == 0700);
    for (const auto& log : std::filesystem::directory_iterator(shop.data_dir() / "log"))
        CHECK(mode_of(log.path()) == 0600);
}

TEST_CASE("secrets: neither logs nor output show passwords or tokens") {
    const auto& shop = test::shared_shop();
    const auto config = Json::parse(*read_file(shop.folder() / "config.json"));
    std::vector<std::string> secrets = {shop.admin().second, test::kPassword};
    for (const Json& context : config["contexts"])
        if (context.contains("login"))
            for (const char* token : {"access_token", "refresh_token"})
                secrets.push_back(context["login"][token].get<std::string>());
    REQUIRE(secrets.size() >= 4);
    std::string shown = shop.ok({"context", "list", "-o", "json"}) +
                        shop.ok({"event", "list", "-o", "json", "--limit", "10000"}) +
                        shop.ok({"user", "list", "-o", "json"});
    for (const auto& log : std::filesystem::directory_iterator(shop.data_dir() / "log"))
        shown += *read_file(log.path());
    for (const auto& secret : secrets) CHECK(shown.find(secret) == std::string::npos);
}

TEST_CASE("questions: without a terminal nothing is asked and nothing done; --yes answers") {
    const auto& shop = test::shared_shop();
    shop.ok({"product", "create", "ASK-1", "--name", "Ask", "--price", "1", "--stock", "5"});
    const auto refused = shop.ctl({"product", "delete", "ASK-1"}, "y\n");
    CHECK(refused.exit_code == 5);
    CHECK_THAT(refused.err, Catch::Contains("--yes"));
    shop.ok({"product", "get", "ASK-1"});
    shop.ok({"cart", "add", "ASK-1"});
    CHECK(shop.ctl({"cart", "empty"}, "y\n").exit_code == 5);
    CHECK(shop.json({"cart", "get"})["lines"].size() == 1);
    shop.ok({"cart", "empty", "--yes"});
    CHECK(shop.json({"cart", "get"})["lines"].empty());
    shop.ok({"-y", "product", "delete", "ASK-1"});
    CHECK(shop.ctl({"product", "get", "ASK-1"}).exit_code == 3);
}

TEST_CASE("secrets: another address of userd does not get the tokens of the old one") {
    const auto& shop = test::shared_shop();
    shop.customer("zed");
    shop.ok({"context", "set", "zed", "--users-url", "http://127.0.0.1:1"});
    const auto asked = shop.as("zed", {"--timeout", "0.3", "cart", "get"});
    CHECK(asked.exit_code == 4);
}
