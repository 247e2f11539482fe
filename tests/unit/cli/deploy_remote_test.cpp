// A host that is reached by ssh: its address, quoting, and what is sent there. A script stands for
// ssh: it runs here what it is told to run there.
#include "deploy/remote.hpp"

#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
namespace fs = std::filesystem;
using RemoteWords = std::vector<std::string>;

namespace {

const std::string kFakeSsh = std::string(SHOP_SOURCE_DIR) + "/tests/support/fake-ssh";

// A shopctl that tells its words and how it found its files, and a manifest of a host that has it.
struct RemoteRig {
    test::TempFolder folder;
    Manifest manifest;

    RemoteRig() {
        const fs::path bin = folder.path() / "bin";
        fs::create_directories(bin);
        REQUIRE(write_file(bin / "shopctl",
                           "#!/bin/bash\nprintf '%s\\n' \"$SHOPCTL_DEPLOYER\" \"$@\" > \"" +
                               heard().string() + "\"\n" +
                               "while [ \"$1\" != --file ]; do shift; done\n"
                               "cp -r \"$(dirname \"$2\")\" \"" +
                               there().string() + "\"\nexit 7\n",
                           0755));
        REQUIRE(write_file(folder.path() / "shop-userd", "the program", 0755));
        REQUIRE(write_file(folder.path() / "it's.toml", "port = 1", 0644));
        manifest.host = "ssh://root@box:2222";
        manifest.ssh = {kFakeSsh, "--path", bin.string(), "--log",
                        (folder.path() / "ssh").string()};
        manifest.state = (folder.path() / "state").string();
        manifest.services = {{.name = "userd",
                              .binary = (folder.path() / "shop-userd").string(),
                              .unit = "/nowhere/shop-userd.service",
                              .settings = (folder.path() / "it's.toml").string()}};
    }
    fs::path heard() const { return folder.path() / "heard"; }
    fs::path there() const { return folder.path() / "there"; }
};

}  // namespace

TEST_CASE("deploy remote: an address becomes ssh's words, and is never an option",
          "[deploy][remote]") {
    CHECK(ssh_words("ssh://root@box:2222") == RemoteWords{"-p", "2222", "root@box"});
    CHECK(ssh_words("ssh://box.example.org") == RemoteWords{"box.example.org"});
    for (const char* bad :
         {"box", "ssh://", "ssh://-oProxyCommand=x", "ssh://a@-oX", "ssh://box:0", "ssh://box:x",
          "ssh://box;rm", "ssh://@box", "http://box", "ssh://box/path"}) {
        INFO(bad);
        CHECK_FALSE(ssh_words(bad));
    }
}

TEST_CASE("deploy remote: a word stays one word of a shell", "[deploy][remote]") {
    CHECK(shell_quoted("plain") == "'plain'");
    CHECK(shell_quoted("it's $(rm -rf) `x`") == "'it'\\''s $(rm -rf) `x`'");
}

TEST_CASE("deploy remote: the host reads the manifest as it is meant there", "[deploy][remote]") {
    RemoteRig rig;
    rig.manifest.gates.latency_factor_max = 2.5;
    rig.manifest.services[0].url = "unix:/run/shop/userd.sock";
    const auto read = parse_manifest(manifest_there(rig.manifest, "/state/incoming/in_1"), "/");
    REQUIRE(read);
    CHECK(read->host == "local");
    CHECK(read->gates.latency_factor_max == 2.5);
    CHECK(read->services[0].binary == "/state/incoming/in_1/userd/binary/shop-userd");
    CHECK(read->services[0].settings == "/state/incoming/in_1/userd/settings/it's.toml");
    // What is not here is the host's own.
    CHECK(read->services[0].unit == "/nowhere/shop-userd.service");
}

TEST_CASE("deploy remote: files and words arrive, and the exit code comes back",
          "[deploy][remote]") {
    RemoteRig rig;
    const auto code = run_there(
        rig.manifest, {{"deploy", "apply", "--message", "it's; a \"test\""}, true, {}, {}});
    REQUIRE(code);
    CHECK(*code == 7);
    const auto heard = read_file(rig.heard()).value_or("");
    CHECK_THAT(heard,
               Catch::Contains("@") &&
                   Catch::Contains("\ndeploy\napply\n--message\nit's; a \"test\"\n--file\n"));
    CHECK(read_file(rig.there() / "userd/binary/shop-userd").value_or("") == "the program");
    CHECK(read_file(rig.there() / "userd/settings/it's.toml").value_or("") == "port = 1");
    CHECK(parse_manifest(read_file(rig.there() / "deploy.yaml").value_or(""), "/"));
    CHECK_THAT(read_file(rig.folder.path() / "ssh").value_or(""),
               Catch::Contains("-p 2222 root@box"));
    // Programs can be run by the services' users, and what was sent is gone again.
    CHECK((fs::status(rig.manifest.state).permissions() & fs::perms::others_exec) !=
          fs::perms::none);
    CHECK(fs::is_empty(fs::path(rig.manifest.state) / "incoming"));
}

TEST_CASE("deploy remote: without files only the manifest goes", "[deploy][remote]") {
    RemoteRig rig;
    REQUIRE(run_there(rig.manifest, {{"deploy", "status"}, false, {}, {}}));
    CHECK(fs::exists(rig.there() / "deploy.yaml"));
    CHECK_FALSE(fs::exists(rig.there() / "userd"));
    const auto read = parse_manifest(read_file(rig.there() / "deploy.yaml").value_or(""), "/");
    REQUIRE(read);
    CHECK(read->services[0].binary == "/usr/bin/shop-userd");
}

TEST_CASE("deploy remote: no connection is said, with what it means", "[deploy][remote]") {
    RemoteRig rig;
    rig.manifest.ssh.emplace_back("--broken");
    const auto code = run_there(rig.manifest, {{"deploy", "apply"}, true, {}, {}});
    REQUIRE_FALSE(code);
    CHECK(code.error().code == Code::unavailable);
    CHECK_THAT(code.error().message, Catch::Contains("Nothing was changed there"));
    rig.manifest.ssh.back() = "--lost";
    const auto lost = run_there(rig.manifest, {{"deploy", "apply"}, true, {}, {}});
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == Code::unavailable);
    CHECK_THAT(lost.error().message, Catch::Contains("deploy resume"));
}
