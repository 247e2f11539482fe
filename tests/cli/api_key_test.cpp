// API keys from the command line: made, kept in a file, and worked with instead of a login.
#include <sys/stat.h>

#include <filesystem>

#include "base/file.hpp"
#include "support/running_shop.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// shopctl as a job runs it: the key's file, and no login.
test::Outcome job(const test::RunningShop& shop, const fs::path& key,
                  const std::vector<std::string>& arguments) {
    auto environment = shop.environment();
    environment["SHOPCTL_CONFIG"] = (shop.folder() / "job.json").string();
    environment["SHOPCTL_API_KEY_FILE"] = key.string();
    return test::run(test::binary("shopctl"), {arguments, environment});
}

void name_shop(const test::RunningShop& shop, const fs::path& key) {
    const auto named =
        job(shop, key,
            {"context", "set", "job", "--users-url", shop.url("userd"), "--products-url",
             shop.url("productd"), "--orders-url", shop.url("orderd")});
    INFO(named.err);
    REQUIRE(named.exit_code == 0);
}

}  // namespace

TEST_CASE("apikey: a job works with the key in its file, as far as its rights go") {
    const auto& shop = test::shared_shop();
    const fs::path file = shop.folder() / "import.key";
    const Json key =
        shop.json({"apikey", "create", "import", "--scope", "products:write", "--scope",
                   "stock:write", "--days", "3", "--output-file", file.string()});
    CHECK_FALSE(key.contains("secret"));
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    name_shop(shop, file);
    const auto made =
        job(shop, file, {"product", "create", "KEY-1", "--name", "Key", "--price", "2"});
    INFO(made.err);
    CHECK(made.exit_code == 0);
    CHECK(job(shop, file, {"order", "list", "--user", "1"}).exit_code == 4);
    const auto more = job(shop, file, {"apikey", "create", "more", "--scope", "cart"});
    INFO(more.err);
    CHECK(more.exit_code == 4);
    const auto out = job(shop, file, {"logout"});
    CHECK(out.exit_code != 0);
    CHECK_THAT(out.err, Catch::Contains("SHOPCTL_API_KEY_FILE"));
    CHECK(shop.json({"apikey", "get", key.value("id", "")}).contains("last_used_at"));

    const std::string before = read_file(file).value();
    shop.ok({"apikey", "rotate", key.value("id", ""), "--overlap-hours", "0", "--output-file",
             file.string()});
    CHECK(read_file(file).value() != before);
    CHECK(job(shop, file, {"stock", "add", "KEY-1", "1"}).exit_code == 0);
    shop.ok({"apikey", "delete", key.value("id", ""), "--yes"});
    const auto ended = job(shop, file, {"product", "list"});
    CHECK(ended.exit_code == 4);
    CHECK_THAT(ended.err, Catch::Contains("has ended") && Catch::Contains("import.key"));
}

TEST_CASE("apikey: a key file that others may read, or that holds no key, is refused") {
    const auto& shop = test::shared_shop();
    const fs::path file = shop.folder() / "open.key";
    REQUIRE(write_file(file, "key_abc\n", 0640));
    name_shop(shop, file);
    const auto readable = job(shop, file, {"product", "list"});
    CHECK(readable.exit_code != 0);
    CHECK_THAT(readable.err, Catch::Contains("chmod 600"));
    REQUIRE(write_file(file, "password\n", 0600));
    CHECK_THAT(job(shop, file, {"product", "list"}).err, Catch::Contains("no API key"));
    CHECK_THAT(job(shop, shop.folder() / "none", {"product", "list"}).err,
               Catch::Contains("There is no file"));
    REQUIRE(write_file(file, "key_unknown\n", 0600));
    CHECK(job(shop, file, {"product", "list"}).exit_code == 4);
}

TEST_CASE("session: the others end, and this one goes on") {
    const auto& shop = test::shared_shop();
    shop.customer("sven");
    const std::string token = shop.token("sven", test::kPassword);
    CHECK(shop.json_as("sven", {"session", "list"}).size() == 2);
    CHECK(shop.as("sven", {"session", "end"}).exit_code != 0);
    CHECK(shop.as("sven", {"--yes", "session", "end", "--others"}).exit_code == 0);
    const Json left = shop.json_as("sven", {"session", "list"});
    REQUIRE(left.size() == 1);
    CHECK(left[0]["current"] == true);
    CHECK(shop.as("sven", {"--yes", "session", "end", "--all"}).exit_code == 0);
    const auto after = shop.as("sven", {"whoami"});
    CHECK(after.exit_code == 4);
    CHECK_THAT(after.err, Catch::Contains("not signed in"));
}
