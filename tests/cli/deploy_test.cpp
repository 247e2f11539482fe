// The commands of deployments as far as a machine without systemd goes; tests/system/deploy has
// them on a real host.
#include "base/file.hpp"
#include "support/process.hpp"
#include "support/running_shop.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// A folder with a deploy.yaml whose state is in it.
class DeployDesk {
public:
    explicit DeployDesk(const std::string& host = "local") {
        std::string yaml = "state: state\nservices:\n";
        for (const char* name : {"userd", "productd", "orderd"})
            yaml += std::string("  - name: ") + name + "\n";
        yaml += "host: " + host + "\nssh: [" + SHOP_SOURCE_DIR +
                "/tests/support/fake-ssh, --path, " +
                test::binary("shopctl").parent_path().string() + "]\n";
        REQUIRE(write_file(file(), yaml, 0644));
    }
    fs::path file() const { return folder_.path() / "deploy.yaml"; }
    fs::path folder() const { return folder_.path(); }

    test::Outcome ctl(std::vector<std::string> words) const {
        words.insert(words.end(), {"--file", file().string()});
        return test::run(test::binary("shopctl"),
                         {words, {{"SHOPCTL_CONFIG", (folder_.path() / "config").string()}}});
    }

private:
    test::TempFolder folder_;
};

}  // namespace

TEST_CASE("deploy init: writes a manifest with every key, and never over another", "[deploy]") {
    const test::TempFolder folder;
    const std::string file = (folder.path() / "deploy.yaml").string();
    for (const std::string driver : {"systemd", "podman"}) {
        std::error_code ignored;
        fs::remove(file, ignored);
        const auto written = test::run(test::binary("shopctl"),
                                       {{"deploy", "init", "--driver", driver, "--file", file}});
        INFO(written.err);
        REQUIRE(written.exit_code == 0);
        CHECK_THAT(read_file(file).value_or(""),
                   Catch::Contains("driver: " + driver) && Catch::Contains("bake_seconds"));
    }
    const auto again = test::run(test::binary("shopctl"), {{"deploy", "init", "--file", file}});
    CHECK(again.exit_code == 5);
    CHECK_THAT(again.err, Catch::Contains("is there already"));
}

TEST_CASE("deploy: without a deploy.yaml each command says how to have one", "[deploy]") {
    const test::TempFolder folder;
    for (const char* verb : {"apply", "status", "history", "resume", "lock"}) {
        const auto outcome =
            test::run(test::binary("shopctl"),
                      {{"deploy", verb, "--file", (folder.path() / "none.yaml").string()}});
        CHECK(outcome.exit_code == 3);
        CHECK_THAT(outcome.err, Catch::Contains("shopctl deploy init"));
    }
    // 1 would say that there are changes.
    CHECK(test::run(test::binary("shopctl"),
                    {{"deploy", "plan", "--file", (folder.path() / "none.yaml").string()}})
              .exit_code == 2);
}

TEST_CASE("deploy lock: held by hand until it is given back, and told to others", "[deploy]") {
    const DeployDesk desk;
    CHECK(desk.ctl({"deploy", "unlock"}).exit_code == 5);
    REQUIRE(desk.ctl({"deploy", "lock", "--message", "stocktaking"}).exit_code == 0);
    const auto second = desk.ctl({"deploy", "lock"});
    CHECK(second.exit_code == 5);
    CHECK_THAT(second.err, Catch::Contains("stocktaking"));
    CHECK(desk.ctl({"deploy", "unlock"}).exit_code == 0);
    CHECK(desk.ctl({"deploy", "lock"}).exit_code == 0);
}

TEST_CASE("deploy history and diff: of a host where nothing was deployed", "[deploy]") {
    const DeployDesk desk;
    const auto history = desk.ctl({"deploy", "history", "-o", "json"});
    CHECK(history.exit_code == 0);
    CHECK(history.out == "[]\n");
    CHECK_THAT(history.err, Catch::Contains("Nothing was deployed"));
    const auto diff = desk.ctl({"deploy", "diff", "0123456789abcdef"});
    CHECK(diff.exit_code == 3);
    CHECK_THAT(diff.err, Catch::Contains("deploy history"));
}

TEST_CASE("deploy: a record that was changed by hand breaks the history, which says where",
          "[deploy]") {
    const DeployDesk desk;
    fs::create_directories(desk.folder() / "state");
    REQUIRE(write_file(desk.folder() / "state/history.jsonl",
                       "{\"number\":1,\"kind\":\"apply\",\"hash\":\"00\"}\n", 0600));
    const auto history = desk.ctl({"deploy", "history"});
    CHECK(history.exit_code == 5);
    CHECK_THAT(history.err, Catch::Contains("line 1"));
}

TEST_CASE("deploy: on a host by ssh the same command runs there, with its words and exit code",
          "[deploy][remote]") {
    const DeployDesk desk("ssh://root@box:2222");
    const auto locked = desk.ctl({"deploy", "lock", "--message", "it's \"Friday\""});
    INFO(locked.err);
    REQUIRE(locked.exit_code == 0);
    const auto second = desk.ctl({"deploy", "lock"});
    CHECK(second.exit_code == 5);
    CHECK_THAT(second.err, Catch::Contains("it's \"Friday\""));
    const auto history = desk.ctl({"deploy", "history", "-o", "json"});
    CHECK(history.exit_code == 0);
    CHECK(history.out == "[]\n");
    CHECK(desk.ctl({"deploy", "unlock"}).exit_code == 0);
    CHECK(fs::is_empty(desk.folder() / "state/incoming"));
}
