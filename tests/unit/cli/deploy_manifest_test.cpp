// deploy.yaml: read strictly, with the line of what is wrong.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "deploy/manifest.hpp"
#include "deploy/manifest_yaml.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;

namespace {

const std::string kServices = "services:\n  - name: userd\n";

Manifest good_manifest(const std::string& yaml) {
    const auto manifest = parse_manifest(yaml, "/srv/shop");
    if (!manifest) FAIL(manifest.error().message);
    return *manifest;
}

std::string manifest_trouble(const std::string& yaml) {
    const auto manifest = parse_manifest(yaml, "/srv/shop");
    if (manifest) return "none";
    CHECK(manifest.error().code == Code::invalid_argument);
    return manifest.error().message;
}

bool says(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("manifest: a service's name is enough, all else has a default", "[deploy][manifest]") {
    const Manifest manifest = good_manifest(kServices);
    CHECK(manifest.host == "local");
    CHECK(manifest.driver == "systemd");
    CHECK(manifest.gates.latency_factor_max == 1.5);
    REQUIRE(manifest.services.size() == 1);
    const ServiceManifest& userd = manifest.services[0];
    CHECK(userd.binary == "/usr/bin/shop-userd");
    CHECK(userd.unit == "/usr/lib/systemd/system/shop-userd.service");
    CHECK(userd.settings == "/etc/shop/userd.toml");
    CHECK(userd.url == "unix:/run/shop/userd.sock");
}

TEST_CASE("manifest: relative paths begin at the file's folder, and bare words stay words",
          "[deploy][manifest]") {
    const Manifest manifest = good_manifest(
        "state: ./state\nbackup_folder: ../backups\n"
        "gateway: {runtime_socket: run/haproxy.sock}\n"
        "ssh: [../bin/ssh, -v]\n"
        "services:\n  - name: userd\n    binary: bin/shop-userd\n    unit: units/u.service\n"
        "    settings: userd.toml\n    url: 'unix:/run/u.sock'\n"
        "hooks:\n  - {phase: done, command: [hooks/tell, ./not-a-path]}\n"
        "  - {phase: failed, command: [mail]}\n");
    CHECK(manifest.state == "/srv/shop/state");
    CHECK(manifest.backup_folder == "/srv/backups");
    CHECK(manifest.gateway.runtime_socket == "/srv/shop/run/haproxy.sock");
    CHECK(manifest.ssh == std::vector<std::string>{"/srv/bin/ssh", "-v"});
    CHECK(manifest.services[0].binary == "/srv/shop/bin/shop-userd");
    CHECK(manifest.services[0].unit == "/srv/shop/units/u.service");
    CHECK(manifest.services[0].settings == "/srv/shop/userd.toml");
    CHECK(manifest.services[0].url == "unix:/run/u.sock");
    CHECK(manifest.hooks[0].command ==
          std::vector<std::string>{"/srv/shop/hooks/tell", "./not-a-path"});
    CHECK(manifest.hooks[1].command[0] == "mail");
}

TEST_CASE("manifest: an unknown key is called by its name and line, wherever it stands",
          "[deploy][manifest]") {
    says(manifest_trouble(kServices + "hots: box\n"), "hots (line 3): unknown field");
    says(manifest_trouble(kServices + "gates:\n  bake_secs: 3\n"), "gates.bake_secs (line 4)");
    says(manifest_trouble("services:\n  - name: userd\n    urls: x\n"),
         "services[0].urls (line 3)");
    says(manifest_trouble(kServices + "hooks:\n  - phase: done\n    cmd: [x]\n"),
         "hooks[0].cmd (line 5)");
}

TEST_CASE("manifest: nothing is converted, not even what YAML would", "[deploy][manifest]") {
    says(manifest_trouble(kServices + "state: 12\n"), "state (line 3): must be a string");
    says(manifest_trouble(kServices + "gates:\n  purchase: yes\n"),
         "gates.purchase (line 4): must be true or false");
    for (const std::string number : {"'30'", "0x1e", "030", "1_000", "3.5", "1e3"})
        says(manifest_trouble(kServices + "gates:\n  bake_seconds: " + number + "\n"),
             "gates.bake_seconds (line 4): must be a whole number");
    says(manifest_trouble(kServices + "gates:\n  latency_factor_max: '2'\n"),
         "gates.latency_factor_max (line 4): must be a number");
    CHECK(good_manifest(kServices + "gates:\n  latency_factor_max: 2\n").gates.latency_factor_max ==
          2);
    CHECK(good_manifest("host: !!str local\n" + kServices).host == "local");
}

TEST_CASE("manifest: each number has its bounds", "[deploy][manifest]") {
    const auto gate = [](const std::string& line) {
        return manifest_trouble(kServices + "gates:\n  " + line + "\n");
    };
    for (const std::string line :
         {"ready_seconds: 0", "ready_seconds: 3601", "baseline_seconds: -1", "bake_seconds: 86401",
          "error_percent_max: -0.1", "error_percent_max: 100.5",
          "checkout_failure_percent_max: 101", "latency_factor_max: 0.9", "latency_floor_ms: -1"})
        says(gate(line), "(line 4): must be between");
    says(manifest_trouble(kServices + "format: 2\n"), "format (line 3)");
    says(manifest_trouble(kServices + "releases_kept: 1\n"), "releases_kept (line 3)");
    says(manifest_trouble(kServices + "backup_hours_max: -1\n"), "backup_hours_max (line 3)");
    says(manifest_trouble(kServices + "hooks: [{phase: done, command: [x], seconds: 0}]\n"),
         "hooks[0].seconds (line 3)");
}

TEST_CASE("manifest: what is no use together is said", "[deploy][manifest]") {
    says(manifest_trouble("services:\n  - name: userd\n  - name: userd\n"),
         "services[1].name (line 3): stands twice");
    says(manifest_trouble("driver: podman\n" + kServices), "services[0].image (line 3)");
    says(manifest_trouble("driver: docker\n" + kServices), "driver (line 1): must be one of");
    says(manifest_trouble("services:\n  - name: userd\n    canary_percent: 5\n"),
         "services[0].canary_percent (line 3): is for the driver podman");
    says(manifest_trouble("driver: podman\nservices:\n  - name: userd\n    image: u\n"
                          "    canary_percent: 5\n"),
         "needs gateway.runtime_socket");
    says(manifest_trouble("services:\n  - name: userd\n    url: ftp://x\n"),
         "services[0].url (line 3)");
    says(manifest_trouble("services: []\n"), "services (line 1): must not be empty");
    says(manifest_trouble("host: local\n"), "services (line 1): is required");
    says(manifest_trouble(kServices + "hooks: [{phase: later, command: [x]}]\n"),
         "hooks[0].phase (line 3): must be one of before_preflight");
}

TEST_CASE("manifest: a host can't be an option of ssh", "[deploy][manifest]") {
    CHECK(good_manifest("host: ssh://root@box.example.org:2222\n" + kServices).host ==
          "ssh://root@box.example.org:2222");
    for (const std::string host : {"ssh://-oProxyCommand=x", "ssh://a@-x", "ssh://", "box",
                                   "ssh://a b", "ssh://a;b", "ssh://@box"})
        says(manifest_trouble("host: \"" + host + "\"\n" + kServices), "host (line 1): must be");
}

TEST_CASE("manifest: a service's name can't leave its folder", "[deploy][manifest]") {
    for (const std::string name : {"../userd", "user/d", "Userd", "\"\"", "-x"})
        says(manifest_trouble("services:\n  - name: " + name + "\n"), "services[0].name (line 2)");
}

TEST_CASE("manifest: broken YAML is told by its line", "[deploy][manifest]") {
    says(manifest_trouble("services:\n  - name: [userd\n"), "line 3: ");
    says(manifest_trouble(kServices + "host: a\nhost: b\n"), "line 4: the key host stands twice");
    says(manifest_trouble(kServices + "hooks:\n"), "line 3: there is no value");
    says(manifest_trouble(kServices + "host: !secret x\n"), "line 3: a tag (!secret)");
    says(manifest_trouble(kServices + "? [a]\n: b\n"), "line 3: a key must be a word");
    says(manifest_trouble(kServices + "---\n" + kServices), "has 2 documents");
    says(manifest_trouble(""), "has 0 documents");
    says(manifest_trouble("- userd\n"), "(line 1): must be keys with values");
    says(manifest_trouble("host: \xff\n"), "is not UTF-8");
    says(manifest_trouble(std::string(400'000, 'x')), "is larger than");
}

TEST_CASE("manifest: aliases and depth do not make much out of little", "[deploy][manifest]") {
    std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j) laughs += before + ", ";
        laughs += before + "]\n";
    }
    says(manifest_trouble(laughs), "there is too much in it");
    says(manifest_trouble("a: " + std::string(100, '[') + std::string(100, ']')),
         "there is too much in it");
    CHECK(manifest_trouble("a: " + std::string(100'000, '[')) != "none");
}

TEST_CASE("manifest: what init writes is read, has every key, and says the defaults",
          "[deploy][manifest]") {
    for (const std::string driver : {"systemd", "podman", "kubernetes"}) {
        const std::string text = manifest_template(driver);
        INFO(text);
        const Manifest manifest = good_manifest(text);
        CHECK(manifest.driver == driver);
        CHECK(manifest.state == Manifest().state);
        CHECK(manifest.ssh == Manifest().ssh);
        CHECK(manifest.gates.bake_seconds == GateSettings().bake_seconds);
        CHECK(manifest.gates.error_percent_max == GateSettings().error_percent_max);
        CHECK(manifest.gates.latency_factor_max == GateSettings().latency_factor_max);
        CHECK(manifest.backup_hours_max == Manifest().backup_hours_max);
        REQUIRE(manifest.services.size() == 4);
        CHECK(manifest.services[0].name == "userd");
        CHECK(manifest.services[2].name == "orderd");
        CHECK(manifest.services[2].url == "unix:/run/shop/orderd.sock");
        CHECK(manifest.services[3].name == "storefrontd");
        CHECK(manifest.services[1].image.empty() == (driver == "systemd"));
        for (const std::string key :
             {"format", "host", "ssh", "driver", "state", "services", "gates", "ready_seconds",
              "latency_floor_ms", "hooks", "runtime_socket", "backup_folder", "releases_kept"})
            says(text, key + ":");
    }
}

TEST_CASE("manifest: what init writes shows a hook that is read where its # are taken away",
          "[deploy][manifest]") {
    std::string text = manifest_template("systemd");
    text.replace(text.find("hooks: []"), 9, "hooks:");
    for (auto at = text.find("\n#  "); at != std::string::npos; at = text.find("\n#  "))
        text.erase(at + 1, 1);
    const Manifest manifest = good_manifest(text);
    REQUIRE(manifest.hooks.size() == 1);
    CHECK(manifest.hooks[0].phase == "before_switch");
}

TEST_CASE("manifest: a file is named in its errors, and a missing one says how to get one",
          "[deploy][manifest]") {
    const test::TempFolder folder;
    const auto file = folder.path() / "deploy.yaml";
    const auto missing = read_manifest(file);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Code::not_found);
    says(missing.error().message, "shopctl deploy init");
    REQUIRE(write_file(file, kServices + "state: here\n", 0644));
    const auto manifest = read_manifest(file);
    REQUIRE(manifest);
    CHECK(manifest->state == folder.path() / "here");
    REQUIRE(write_file(file, "hots: x\n", 0644));
    const auto wrong = read_manifest(file);
    REQUIRE_FALSE(wrong);
    says(wrong.error().message, file.string() + ": hots (line 1)");
}
