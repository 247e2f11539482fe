// The podman driver: what it says of a host, before and after. podman itself is a fake here.
#include <catch2/catch.hpp>

#include "base/text.hpp"
#include "deploy_fake_podman.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using test::PodmanRig;

namespace {

std::string replaced_in(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("podman driver: preflight says all that is missing, each with its remedy",
          "[deploy][podman]") {
    PodmanRig rig;
    const Part part = rig.collect();
    CHECK(rig.driver->preflight(rig.service, part));

    rig.write("bad-settings", "workers must be 1 to 256");
    rig.write("run/orderd.sock", "systemd's");
    rig.manifest.gateway.runtime_socket = rig.path("no-gateway.sock");
    rig.make_driver();
    const auto wrong = rig.driver->preflight(rig.service, part);
    REQUIRE_FALSE(wrong);
    REQUIRE(wrong.error().fields.size() == 3);
    CHECK(wrong.error().fields[0].pointer == "ports");
    CHECK(wrong.error().fields[0].message.find("systemctl disable --now shop-orderd.socket") !=
          std::string::npos);
    CHECK(wrong.error().fields[1].pointer == "settings");
    CHECK(wrong.error().fields[1].message.find("workers must be 1 to 256") != std::string::npos);
    CHECK(wrong.error().fields[2].pointer == "gateway");

    rig.write("bad-settings", "there is no file /run/credentials/x/first-admin");
    std::filesystem::remove(rig.path("images/sha256:1"));
    const auto gone = rig.driver->preflight(rig.service, part);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().fields[1].pointer == "images");
}

TEST_CASE("podman driver: a secret that comes with the start is no fault of the settings",
          "[deploy][podman]") {
    PodmanRig rig;
    rig.write("bad-settings", "first_admin_file: there is no file /run/credentials/x/first-admin");
    CHECK(rig.driver->preflight(rig.service, rig.collect()));
}

TEST_CASE("podman driver: an address that is no Unix socket is refused", "[deploy][podman]") {
    PodmanRig rig;
    const Part part = rig.collect();
    for (const auto& url : {std::string("http://127.0.0.1:5003"),
                            "unix:/" + std::string(120, 'x') + "/orderd.sock"}) {
        rig.service.url = url;
        const auto wrong = rig.driver->preflight(rig.service, part);
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().fields[0].pointer == "ports");
    }
}

TEST_CASE("podman driver: a gateway that is down keeps nothing from being switched",
          "[deploy][podman]") {
    PodmanRig rig;
    rig.manifest.gateway.runtime_socket = rig.path("no-gateway.sock");
    rig.service.canary_percent = 5;
    rig.make_driver();
    REQUIRE(rig.switch_to(rig.collect()));
    rig.make_image("2", "2.0", 2);
    REQUIRE(rig.switch_to(rig.collect("2")));
    CHECK(rig.in_charge() == "orderd/b.sock");
}

TEST_CASE("podman driver: an instance that ended or was started again says why",
          "[deploy][podman]") {
    PodmanRig rig;
    CHECK(rig.driver->instance(rig.service)->reason == "there is no container");
    REQUIRE(rig.switch_to(rig.collect()));
    const std::string running = rig.read("containers/shop-orderd-a");
    const auto instance = [&](const std::string& what, const std::string& by) {
        rig.write("containers/shop-orderd-a", replaced_in(running, what, by));
        const auto is = rig.driver->instance(rig.service);
        REQUIRE(is);
        return *is;
    };
    rig.write("log", "its last words\n");
    CHECK(instance("\"running\"", "\"exited\"").reason == "exit 3");
    CHECK(instance("\"running\"", "\"exited\"").last_words == "its last words");
    CHECK_FALSE(instance("\"running\"", "\"exited\"").running);
    CHECK(instance("\"OOMKilled\": false", "\"OOMKilled\": true").reason == "");
    CHECK(instance("\"running\", \"Pid\": 7, \"ExitCode\": 3, \"OOMKilled\": false",
                   "\"exited\", \"Pid\": 0, \"ExitCode\": 137, \"OOMKilled\": true")
              .reason == "oom-kill");
    const Instance again = instance(
        "\"RestartCount\": 0,\n        \"State\": {\"Status\": \"running\", \"Pid\": 7, "
        "\"ExitCode\": 3",
        "\"RestartCount\": 2, \"State\": {\"Status\": \"running\", \"Pid\": 7, \"ExitCode\": 0");
    CHECK(again.running);
    CHECK(again.restarts == 2);
    CHECK(again.reason == "exit 3");
    CHECK(instance("\"ExitCode\": 3", "\"ExitCode\": 137").reason == "");
    std::filesystem::remove(rig.path("containers/shop-orderd-a"));
    CHECK(rig.driver->instance(rig.service)->reason == "the container is gone");
    rig.write("broken", "");
    CHECK(rig.driver->instance(rig.service).error().message.find("the database is locked") !=
          std::string::npos);
    std::filesystem::remove(rig.path("broken"));
    CHECK(instance("\"running\", \"Pid\": 7, \"ExitCode\": 3",
                   "\"exited\", \"Pid\": 0, \"ExitCode\": 139")
              .reason == "signal 11");
}

TEST_CASE("podman driver: what was changed by hand is named", "[deploy][podman]") {
    PodmanRig rig;
    const Part part = rig.collect();
    const auto lines = [&] { return rig.driver->drift(rig.service, part).value(); };
    const auto one = [&](const std::string& words) {
        const auto found = lines();
        INFO(words);
        REQUIRE(found.size() == 1);
        CHECK(found[0].find(words) != std::string::npos);
    };
    one("leads nowhere, to no container of ours");
    REQUIRE(rig.switch_to(part));
    CHECK(lines().empty());
    const std::string good = rig.read("containers/shop-orderd-a");
    const auto with = [&](const std::string& what, const std::string& by) {
        rig.write("containers/shop-orderd-a", replaced_in(good, what, by));
    };
    with("\"running\"", "\"exited\"");
    one("it does not run (exit 3)");
    with("\"Image\": \"1\"", "\"Image\": \"9\"");
    one("another image runs: sha256:9");
    with("\"--cap-drop\",\"all\"", "\"--privileged\"");
    one("was made by hand, or from another release: shop-orderd-a");
    with("\"Memory\": 536870912", "\"Memory\": 1073741824");
    one("its bound of memory was changed to 1024 MiB");
    std::filesystem::remove(rig.path("containers/shop-orderd-a"));
    one("there is no container shop-orderd-a");
    rig.write("containers/shop-orderd-a", good);
    REQUIRE(write_file(rig.objects.path(part.settings, "orderd.toml"), "x = 1\n", 0644));
    one("the release: ");
}
