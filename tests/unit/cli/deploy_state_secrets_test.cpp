// Secrets: kept in versions, never readable by others, and brought to where a service reads them.
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/file.hpp"
#include "deploy/secrets.hpp"
#include "program.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli;
using namespace shop::cli::deploy;
namespace fs = std::filesystem;

namespace {

// A variable of this process, until the end of its life.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() {
        if (before_)
            ::setenv(name_, before_->c_str(), 1);
        else
            ::unsetenv(name_);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
    std::optional<std::string> before_;
};

// In its PATH are the programs that a test puts there, and no systemd-creds but those.
struct SecretHouse {
    test::TempFolder folder;
    Variable path{"PATH", (folder.path() / "bin").string()};
    Secrets secrets{folder.path() / "secrets", folder.path() / "etc"};
    fs::path plain = folder.path() / "etc/credstore/shop-userd.mail-password";
    fs::path encrypted = folder.path() / "etc/credstore.encrypted/shop-userd.mail-password";

    void add_creds(const std::string& script) const {
        fs::create_directories(folder.path() / "bin");
        REQUIRE(write_file(folder.path() / "bin/systemd-creds", "#!/bin/sh\n" + script, 0755));
    }
    // Seals by turning letters: what it was called with stands in `calls`.
    void add_working_creds() const {
        add_creds("echo \"$@\" >>" + (folder.path() / "calls").string() +
                  "\n/usr/bin/tr a-zA-Z n-za-mN-ZA-M\n");
    }
    std::string calls() const { return read_file(folder.path() / "calls").value_or(""); }
    fs::path kept(const std::string& file) const {
        return folder.path() / "secrets/userd.mail-password" / file;
    }
    std::int64_t set(const std::string& value) {
        const auto version = secrets.set("userd", "mail-password", value);
        REQUIRE(version);
        return *version;
    }
    Result<void> install(std::vector<std::int64_t> versions) const {
        std::vector<SecretVersion> wanted;
        for (const auto version : versions) wanted.push_back({"mail-password", version});
        return secrets.install("userd", wanted);
    }
};

std::string text_of(const fs::path& path) { return read_file(path).value_or("(none)"); }

unsigned mode_of_secret(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("deploy secrets: versions go up, and all of them are kept for their owner alone",
          "[deploy][secrets]") {
    SecretHouse house;
    CHECK(house.secrets.list().value().empty());
    CHECK(house.set("one") == 1);
    CHECK(house.set("two\nlines") == 2);
    REQUIRE(house.secrets.set("userd", "another", "x"));
    REQUIRE(house.secrets.set("orderd", "mail-password", "y"));
    CHECK(text_of(house.kept("1")) == "one");
    CHECK(text_of(house.kept("2")) == "two\nlines");
    CHECK(mode_of_secret(house.kept("2")) == 0600);
    CHECK(mode_of_secret(house.kept("")) == 0700);
    CHECK(mode_of_secret(house.folder.path() / "secrets") == 0700);
    const auto all = house.secrets.list().value();
    REQUIRE(all.size() == 3);
    CHECK(all[0].service == "orderd");
    CHECK(all[2].service == "userd");
    CHECK(all[2].name == "mail-password");
    CHECK(all[2].version == 2);
    CHECK(all[2].versions == 2);
    CHECK_FALSE(all[2].encrypted);
    CHECK(system_clock().now() - all[2].set_at < std::chrono::minutes(10));
    const auto newest = house.secrets.newest("userd").value();
    REQUIRE(newest.size() == 2);
    CHECK(newest[0].name == "another");
    CHECK(newest[1].version == 2);
    CHECK(house.secrets.value("userd", {"mail-password", 1}).value() == "one");
    CHECK(house.secrets.value("userd", {"mail-password", 3}).error().code == Code::not_found);
}

TEST_CASE(
    "deploy secrets: names and values that can't be are refused, and say nothing of the value",
    "[deploy][secrets]") {
    SecretHouse house;
    for (const std::string name : {"", "a.b", "../x", "A", "a b", "a/b"}) {
        CHECK(house.secrets.set("userd", name, "v").error().code == Code::invalid_argument);
        CHECK(house.secrets.set(name, "ok", "v").error().code == Code::invalid_argument);
        CHECK(house.secrets.install("userd", {{name, 1}}).error().code == Code::invalid_argument);
    }
    CHECK(house.secrets.set("userd", std::string(65, 'a'), "v").error().code ==
          Code::invalid_argument);
    CHECK(house.secrets.set("userd", std::string(64, 'a'), "v"));
    CHECK(house.secrets.set("userd", "a", "").error().code == Code::invalid_argument);
    const auto long_one = house.secrets.set("userd", "a", std::string(65'537, 's'));
    CHECK(long_one.error().code == Code::invalid_argument);
    CHECK(long_one.error().message.find("sss") == std::string::npos);
    CHECK(house.secrets.set("userd", "a", std::string(65'536, 's')));
}

TEST_CASE("deploy secrets: a rotated one is random, and one that is not there is not made",
          "[deploy][secrets]") {
    SecretHouse house;
    CHECK(house.secrets.rotate("userd", "mail-password").error().code == Code::not_found);
    house.set("one");
    CHECK(house.secrets.rotate("userd", "mail-password").value() == 2);
    CHECK(house.secrets.rotate("userd", "mail-password").value() == 3);
    CHECK(text_of(house.kept("2")).size() == 43);
    CHECK(text_of(house.kept("2")) != text_of(house.kept("3")));
}

TEST_CASE("deploy secrets: systemd-creds gets the credential's name, and the value on its input",
          "[deploy][secrets]") {
    SecretHouse house;
    house.add_working_creds();
    CHECK(house.set("Hush") == 1);
    CHECK(text_of(house.kept("1.cred")) == "Uhfu");
    CHECK(text_of(house.kept("1")) == "(none)");
    CHECK(mode_of_secret(house.kept("1.cred")) == 0600);
    CHECK(house.calls() == "encrypt --name=mail-password - -\ndecrypt --name=mail-password - -\n");
    CHECK(house.secrets.value("userd", {"mail-password", 1}).value() == "Hush");
    CHECK(house.secrets.list().value()[0].encrypted);
}

TEST_CASE("deploy secrets: a systemd-creds that does not work is none", "[deploy][secrets]") {
    SecretHouse house;
    for (const char* script : {"exit 1\n", "exit 0\n", "/bin/cat; exit 3\n", "echo other\n"}) {
        house.add_creds(script);
        const auto version = house.set("Hush");
        CHECK(text_of(house.kept(std::to_string(version))) == "Hush");
    }
}

TEST_CASE("deploy secrets: all versions are of one kind, in the order in which systemd-creds comes",
          "[deploy][secrets]") {
    SecretHouse house;
    house.set("one");
    house.set("two");
    house.add_working_creds();
    CHECK(house.set("three") == 3);
    for (const char* plain : {"1", "2", "3"}) CHECK(text_of(house.kept(plain)) == "(none)");
    CHECK(text_of(house.kept("1.cred")) == "bar");
    CHECK(house.secrets.list().value()[0].versions == 3);
    fs::remove(house.folder.path() / "bin/systemd-creds");
    const auto refused = house.secrets.set("userd", "mail-password", "four");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::failed_precondition);
    CHECK(house.secrets.list().value()[0].version == 3);
    // Somebody died between writing the one and removing the other.
    REQUIRE(write_file(house.kept("3"), "three", 0600));
    house.add_working_creds();
    CHECK(house.secrets.list().value()[0].encrypted);
    CHECK(house.set("four") == 4);
    CHECK(text_of(house.kept("3")) == "(none)");
    CHECK(text_of(house.kept("3.cred")) == "guerr");
}

TEST_CASE("deploy secrets: a version is installed, replaced by another and taken away",
          "[deploy][secrets]") {
    for (const bool with_creds : {false, true}) {
        SecretHouse house;
        if (with_creds) house.add_working_creds();
        const fs::path place = with_creds ? house.encrypted : house.plain;
        house.set("one");
        house.set("two");
        REQUIRE(house.install({}));
        CHECK_FALSE(fs::exists(house.folder.path() / "etc"));
        REQUIRE(house.install({2}));
        CHECK(text_of(place) == (with_creds ? "gjb" : "two"));
        CHECK(text_of(with_creds ? house.plain : house.encrypted) == "(none)");
        CHECK(mode_of_secret(place) == 0600);
        CHECK(mode_of_secret(place.parent_path()) == 0700);
        REQUIRE(house.install({1}));
        REQUIRE(house.install({1}));
        CHECK(text_of(place) == (with_creds ? "bar" : "one"));
        CHECK(house.install({9}).error().code == Code::not_found);
        CHECK(text_of(place) == (with_creds ? "bar" : "one"));
        REQUIRE(house.install({}));
        CHECK_FALSE(fs::exists(place));
    }
}

TEST_CASE("deploy secrets: what the owner put there stays, and comes back", "[deploy][secrets]") {
    SecretHouse house;
    REQUIRE(make_folder(house.plain.parent_path(), 0700));
    const fs::path other = house.plain.parent_path() / "shop-userd.first-admin";
    REQUIRE(write_file(other, "admin:pw", 0600));
    REQUIRE(write_file(house.plain, "by hand", 0600));
    // The same value: it is the owner's all the same.
    house.set("by hand");
    house.set("two");
    REQUIRE(house.install({1}));
    REQUIRE(house.install({2}));
    CHECK(text_of(house.plain) == "two");
    REQUIRE(house.install({}));
    CHECK(text_of(house.plain) == "by hand");
    CHECK(text_of(other) == "admin:pw");
    REQUIRE(write_file(house.plain, "by hand, later", 0600));
    REQUIRE(house.install({}));
    CHECK(text_of(house.plain) == "by hand, later");
    REQUIRE(house.install({2}));
    REQUIRE(house.install({}));
    CHECK(text_of(house.plain) == "by hand, later");
}

TEST_CASE("deploy secrets: one that is encrypted later moves to the place of those",
          "[deploy][secrets]") {
    SecretHouse house;
    house.set("one");
    REQUIRE(house.install({1}));
    CHECK(fs::exists(house.plain));
    house.add_working_creds();
    house.set("two");
    REQUIRE(house.install({1}));
    CHECK_FALSE(fs::exists(house.plain));
    CHECK(text_of(house.encrypted) == "bar");
}

TEST_CASE("deploy secrets: after a crash anywhere, the next install ends in the same state",
          "[deploy][secrets]") {
    SecretHouse house;
    REQUIRE(make_folder(house.plain.parent_path(), 0700));
    REQUIRE(write_file(house.plain, "by hand", 0600));
    house.set("one");
    const fs::path record = house.folder.path() / "secrets/.placed-userd.json";
    // Died after the record, before the version was put there.
    REQUIRE(house.install({1}));
    REQUIRE(write_file(house.plain, "by hand", 0600));
    REQUIRE(house.install({}));
    CHECK(text_of(house.plain) == "by hand");
    // Died before the record: the copy is made again.
    REQUIRE(write_file(house.kept("by-hand"), "an older one", 0600));
    REQUIRE(house.install({1}));
    // Died on the way back, after the owner's was put back, before the record.
    REQUIRE(write_file(house.plain, "by hand", 0600));
    REQUIRE(house.install({}));
    CHECK(text_of(house.plain) == "by hand");
    CHECK_FALSE(fs::exists(house.kept("by-hand")));
    REQUIRE(write_file(record, "{", 0600));
    CHECK(house.install({1}).error().code == Code::failed_precondition);
    CHECK(text_of(house.plain) == "by hand");
}

TEST_CASE("deploy secrets: an install that failed half way is taken back whole",
          "[deploy][secrets]") {
    SecretHouse house;
    REQUIRE(make_folder(house.plain.parent_path(), 0700));
    REQUIRE(write_file(house.plain, "by hand", 0600));
    house.set("one");
    house.add_working_creds();
    REQUIRE(house.secrets.set("userd", "other", "two"));
    // There is no making that folder.
    fs::create_symlink(house.folder.path() / "nowhere", house.encrypted.parent_path());
    CHECK_FALSE(house.secrets.install("userd", {{"mail-password", 1}, {"other", 1}}));
    CHECK(text_of(house.plain) == "one");
    REQUIRE(house.install({}));
    CHECK(text_of(house.plain) == "by hand");
}

TEST_CASE("deploy secrets: the real systemd-creds encrypts, where it is there",
          "[deploy][secrets]") {
    const test::TempFolder folder;
    // In place of the host's own key.
    const Variable key("SYSTEMD_CREDENTIAL_SECRET", (folder.path() / "key").string());
    if (::geteuid() != 0 || !run_program({"systemd-creds", "--version"})) {
        WARN("not root, or no systemd-creds: nothing was encrypted");
        return;
    }
    Secrets secrets(folder.path() / "secrets", folder.path() / "etc");
    REQUIRE(secrets.set("userd", "mail-password", "hush\n"));
    const auto file = folder.path() / "secrets/userd.mail-password/1.cred";
    CHECK(text_of(file).find("hush") == std::string::npos);
    CHECK(secrets.value("userd", {"mail-password", 1}).value() == "hush\n");
    REQUIRE(secrets.install("userd", {{"mail-password", 1}}));
    CHECK(text_of(folder.path() / "etc/credstore.encrypted/shop-userd.mail-password") ==
          text_of(file));
}
