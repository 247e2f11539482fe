// shopctl secret: a value goes in and never comes out; who set it is in the history.
#include "base/file.hpp"
#include "base/json.hpp"
#include "deploy/history.hpp"
#include "deploy/lock.hpp"
#include "deploy/secrets.hpp"
#include "deploy/state.hpp"
#include "support/running_shop.hpp"

using namespace shop;
using test::Outcome;

namespace {

struct SecretsHost {
    test::TempFolder folder;
    cli::deploy::State state{folder.path() / "state"};
    std::map<std::string, std::string> environment = {
        {"HOME", folder.path().string()},
        // In place of the host's own key.
        {"SYSTEMD_CREDENTIAL_SECRET", (folder.path() / "key").string()}};

    Outcome secret(std::vector<std::string> words, const std::string& input = "") const {
        words.insert(words.begin(), "secret");
        words.insert(words.end(), {"--state", state.folder.string()});
        return test::run(test::binary("shopctl"), {std::move(words), environment, input});
    }
    Outcome set(const std::string& name, const std::string& input) const {
        return secret({"set", name, "--service", "userd"}, input);
    }
    std::vector<cli::deploy::Record> history() const {
        return cli::deploy::History(state.history()).read().value();
    }
};

}  // namespace

TEST_CASE("secret: what is set is listed in versions, and recorded; its value is shown nowhere") {
    const SecretsHost host;
    CHECK(host.secret({"list", "-o", "json"}).out == "[]\n");
    const auto set = host.secret(
        {"set", "mail-password", "--service", "userd", "-m", "first", "-o", "json"}, "hush-hush\n");
    REQUIRE(set.exit_code == 0);
    const Json info = Json::parse(set.out);
    CHECK(info["version"] == 1);
    CHECK(info["service"] == "userd");
    CHECK_THAT(set.err, Catch::Contains("shopctl deploy apply"));
    // With the host's key, or it is said that it is not.
    CHECK((set.err.find("not encrypted") == std::string::npos) == info["encrypted"].get<bool>());
    const auto rotated = host.secret({"rotate", "mail-password", "--service", "userd"});
    CHECK(rotated.exit_code == 0);
    const auto list = host.secret({"list", "-o", "json"});
    CHECK(Json::parse(list.out)[0]["version"] == 2);
    CHECK(Json::parse(list.out)[0]["versions"] == 2);
    const auto records = host.history();
    REQUIRE(records.size() == 2);
    CHECK(records[0].kind == "secret");
    CHECK(records[0].why == "first");
    CHECK(records[0].who == cli::deploy::who_works());
    CHECK(records[0].verdict.empty());
    CHECK(records[1].changes ==
          std::vector<std::string>{"userd: secret mail-password is version 2 now"});
    const std::string shown = set.out + set.err + rotated.out + rotated.err + list.out +
                              *read_file(host.state.history()) + *read_file(host.state.lock());
    CHECK(shown.find("hush") == std::string::npos);
    CHECK_FALSE(cli::deploy::holder_of(host.state.lock()).value());
}

TEST_CASE("secret: standard input is taken whole, but for the line feed at its end") {
    const SecretsHost host;
    ::setenv("SYSTEMD_CREDENTIAL_SECRET", (host.folder.path() / "key").c_str(), 1);
    const cli::deploy::Secrets secrets(host.state.secrets());
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"one\ntwo\n", "one\ntwo"}, {"a\n\n", "a\n"}, {" b ", " b "}, {"c\r\n", "c\r"}};
    std::int64_t version = 0;
    for (const auto& [input, value] : rows) {
        CHECK(host.set("key", input).exit_code == 0);
        CHECK(secrets.value("userd", {"key", ++version}).value() == value);
    }
    CHECK(host.set("key", std::string(65'536, 'x') + "\n").exit_code == 0);
    ::unsetenv("SYSTEMD_CREDENTIAL_SECRET");
}

TEST_CASE("secret: what can't be set is refused, and nothing is recorded") {
    const SecretsHost host;
    for (const std::string input : {"", "\n"}) {
        const auto none = host.set("mail-password", input);
        CHECK(none.exit_code == 1);
        CHECK_THAT(none.err, Catch::Contains("No secret was given"));
    }
    CHECK(host.set("Mail", "x\n").exit_code == 1);
    CHECK(host.set("key", std::string(65'537, 'x')).exit_code == 1);
    CHECK(host.secret({"set", "key", "--service", "nobody"}, "x\n").exit_code == 2);
    CHECK(host.secret({"set", "key"}, "x\n").exit_code == 2);
    CHECK(host.secret({"set", "key", "value", "--service", "userd"}, "x\n").exit_code == 2);
    const auto rotated = host.secret({"rotate", "key", "--service", "userd"});
    CHECK(rotated.exit_code == 3);
    CHECK_THAT(rotated.err, Catch::Contains("shopctl secret set key --service userd"));
    CHECK(host.history().empty());
}

TEST_CASE("secret: while somebody deploys, no secret is changed") {
    const SecretsHost host;
    {
        const auto lock = cli::deploy::Lock::take(host.state.lock(), system_clock(), "ann@box",
                                                  "prices", false, nullptr);
        REQUIRE(lock);
        const auto refused = host.set("key", "x\n");
        CHECK(refused.exit_code == 5);
        CHECK_THAT(refused.err, Catch::Contains("ann@box") && Catch::Contains("prices"));
        CHECK(host.secret({"list", "-o", "json"}).out == "[]\n");
    }
    CHECK(host.set("key", "x\n").exit_code == 0);
}
