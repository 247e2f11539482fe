// The systemd driver: what a release is made of, and the switch. systemd itself is a fake here.
#include <catch2/catch.hpp>

#include "deploy_fake_systemd.hpp"
#include "deploy_systemd_rig.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using test::SystemdRig;

TEST_CASE("systemd driver: a part is what the files are, what the program says, and the secrets",
          "[deploy][driver]") {
    SystemdRig rig;
    REQUIRE(rig.secrets.set("orderd", "mail-password", "one"));
    REQUIRE(rig.secrets.set("orderd", "mail-password", "two"));
    REQUIRE(rig.secrets.set("userd", "other", "x"));
    const Part part = rig.collect();
    CHECK(part.description.version == "1.0");
    CHECK(part.description.serves == std::vector<std::string>{"GET /v1/orders"});
    CHECK(rig.objects.read(part.settings, "orderd.toml").value_or("") == rig.settings_text());
    CHECK(rig.objects.read(part.unit, "shop-orderd.service").value_or("") == rig.unit_text());
    CHECK(std::filesystem::exists(rig.objects.path(part.binary, "shop-orderd")));
    REQUIRE(part.secrets.size() == 1);
    CHECK(part.secrets[0].name == "mail-password");
    CHECK(part.secrets[0].version == 2);
    CHECK(fingerprint(rig.collect()) == fingerprint(part));
}

TEST_CASE("systemd driver: a program that is none of ours, or another, is refused",
          "[deploy][driver]") {
    SystemdRig rig;
    rig.write_program("echo 'unknown option --describe' >&2; exit 2");
    CHECK(rig.collect_trouble().find("does not say what it is (--describe)") != std::string::npos);
    rig.write_program("echo '{\"service\": \"userd\"}'");
    CHECK(rig.collect_trouble().find("it says that it is \"userd\"") != std::string::npos);
    rig.write_program("echo nonsense");
    CHECK(rig.collect_trouble().find("can't be read") != std::string::npos);
    std::filesystem::remove(rig.service.binary);
    CHECK(rig.collect_trouble() != "");
    std::filesystem::remove(rig.service.unit);
    CHECK(rig.collect_trouble().find("`unit`") != std::string::npos);
}

TEST_CASE("systemd driver: a switch writes the unit with the release's own files and restarts",
          "[deploy][driver]") {
    SystemdRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.driver->stage(rig.service, part));
    CHECK(rig.host.read("units/shop-orderd.service") == "");
    REQUIRE(rig.switch_to(part));
    const std::string unit = rig.host.read("units/shop-orderd.service");
    const std::string program = rig.objects.path(part.binary, "shop-orderd");
    CHECK(unit.find("ExecStart=" + program + " --config " +
                    rig.objects.path(part.settings, "orderd.toml").string() + "\n") !=
          std::string::npos);
    CHECK(unit.find("ExecPaths=" + program + " /usr/lib\n") != std::string::npos);
    CHECK(unit.find("/usr/bin/shop-orderd") == std::string::npos);
    CHECK(rig.host.take_calls() ==
          "daemon-reload\nreset-failed shop-orderd.service\nrestart shop-orderd.service\n");
    const auto instance = rig.driver->instance(rig.service);
    REQUIRE(instance);
    CHECK(instance->running);
    CHECK(instance->pid == 101);
    CHECK(instance->restarts == 0);
    CHECK(instance->binary == part.binary);
}

TEST_CASE("systemd driver: what runs already with all its content is left alone",
          "[deploy][driver]") {
    SystemdRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.switch_to(part));
    rig.host.take_calls();
    REQUIRE(rig.switch_to(part));
    CHECK(rig.host.take_calls() == "");

    const auto again = [&](const char* why) {
        INFO(why);
        REQUIRE(rig.switch_to(part));
        const bool restarted =
            rig.host.take_calls().find("restart shop-orderd.service") != std::string::npos;
        CHECK(restarted);
        REQUIRE(rig.switch_to(part));
        CHECK(rig.host.take_calls() == "");
    };
    rig.host.write("units/shop-orderd.service", "[Service]\n");
    again("the unit was changed");
    rig.host.unit_is("shop-orderd.service", "ActiveState=failed\nMainPID=0\nJob=\n");
    again("it does not run");
    std::filesystem::create_directories(rig.host.path("proc/7"));
    std::filesystem::create_symlink("/usr/bin/shop-orderd", rig.host.path("proc/7/exe"));
    rig.host.unit_is("shop-orderd.service", "ActiveState=active\nMainPID=7\n");
    again("another program runs");
    std::filesystem::remove(rig.state() / "switched/orderd");
    again("nobody waited for the restart");
    std::filesystem::create_directories(rig.host.path("units/shop-orderd.service.d"));
    rig.host.write("units/shop-orderd.service.d/x.conf", "[Service]\n");
    again("a drop-in was added");
    rig.host.unit_is("shop-orderd.socket", "ActiveState=inactive\n");
    again("its socket is closed");
}

TEST_CASE("systemd driver: settings, a unit's line or a secret alone make a restart",
          "[deploy][driver]") {
    SystemdRig rig;
    REQUIRE(rig.switch_to(rig.collect()));
    rig.host.take_calls();
    const auto changed = [&](const char* what) {
        INFO(what);
        REQUIRE(rig.switch_to(rig.collect()));
        const bool restarted =
            rig.host.take_calls().find("restart shop-orderd.service") != std::string::npos;
        CHECK(restarted);
    };
    REQUIRE(write_file(rig.service.settings, "currency = \"EUR\"\n", 0644));
    changed("settings");
    REQUIRE(write_file(rig.service.unit, rig.unit_text() + "MemoryMax=1G\n", 0644));
    changed("unit");
    REQUIRE(rig.secrets.set("orderd", "mail-password", "one"));
    changed("a secret");
    REQUIRE(rig.secrets.set("orderd", "mail-password", "two"));
    changed("a newer one");
}

TEST_CASE("systemd driver: going back brings the former unit, settings and secret",
          "[deploy][driver]") {
    SystemdRig rig;
    REQUIRE(rig.secrets.set("orderd", "mail-password", "old"));
    const Part before = rig.collect();
    REQUIRE(rig.switch_to(before));
    const std::string unit = rig.host.read("units/shop-orderd.service");
    const auto credential =
        rig.host.path("etc/credstore.encrypted/shop-orderd.mail-password").string();
    const std::string old = read_file(credential).value_or("");
    CHECK(old != "");
    REQUIRE(rig.secrets.set("orderd", "mail-password", "new"));
    REQUIRE(write_file(rig.service.settings, "currency = \"EUR\"\n", 0644));
    REQUIRE(rig.switch_to(rig.collect()));
    CHECK(read_file(credential).value_or("") != old);
    CHECK(rig.host.read("units/shop-orderd.service") != unit);
    REQUIRE(rig.switch_to(before));
    CHECK(read_file(credential).value_or("") == old);
    CHECK(rig.host.read("units/shop-orderd.service") == unit);
}

TEST_CASE("systemd driver: a start that fails is told with its reason and last words",
          "[deploy][driver]") {
    SystemdRig rig;
    rig.host.write("journal",
                   "an instance before\nStarting shop-orderd.service - Orders...\n"
                   "{\"message\":\"The store is of format 9.\"}\nshop-orderd.service: "
                   "Failed with result 'exit-code'.\n");
    rig.host.write("fails", "ActiveState=failed Result=exit-code ExecMainStatus=2 MainPID=0");
    const auto done = rig.switch_to(rig.collect());
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::failed_precondition);
    CHECK(done.error().message.find("shop-orderd.service did not start: exit 2. Its last words:\n"
                                    "{\"message\":\"The store is of format 9.\"}") == 0);
    // One that systemd starts again and again has failed as well.
    rig.host.write("fails",
                   "ActiveState=activating SubState=auto-restart Result=oom-kill "
                   "ExecMainStatus=9");
    const auto again = rig.switch_to(rig.collect());
    REQUIRE_FALSE(again);
    CHECK(again.error().message.find("did not start: oom-kill.") != std::string::npos);
    std::filesystem::remove(rig.host.path("fails"));
    REQUIRE(rig.switch_to(rig.collect()));
}

TEST_CASE("systemd driver: one that is never ready is not waited for without end",
          "[deploy][driver]") {
    SystemdRig rig;
    rig.manifest.gates.ready_seconds = 1;
    rig.host.write("stuck", "");
    const auto done = rig.switch_to(rig.collect());
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::timeout);
    CHECK(done.error().message.find("it did not say that it is ready within 1 s") !=
          std::string::npos);
}

TEST_CASE("systemd driver: a switch that did not end leaves no word that it had",
          "[deploy][driver]") {
    SystemdRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.switch_to(part));
    CHECK(std::filesystem::exists(rig.state() / "switched/orderd"));
    REQUIRE(write_file(rig.service.settings, "currency = \"EUR\"\n", 0644));
    rig.host.write("refuses", "");
    REQUIRE_FALSE(rig.switch_to(rig.collect()));
    CHECK_FALSE(std::filesystem::exists(rig.state() / "switched/orderd"));
}

TEST_CASE("systemd driver: systemd's refusal is told in its words", "[deploy][driver]") {
    SystemdRig rig;
    rig.host.write("refuses", "");
    const auto done = rig.switch_to(rig.collect());
    REQUIRE_FALSE(done);
    CHECK(done.error().message.find("Access denied") != std::string::npos);
}

TEST_CASE("systemd driver: a closed socket is opened, for which the service has to stop",
          "[deploy][driver]") {
    SystemdRig rig;
    rig.host.unit_is("shop-orderd.socket", "LoadState=loaded\nActiveState=failed\n");
    REQUIRE(rig.switch_to(rig.collect()));
    CHECK(rig.host.take_calls() ==
          "daemon-reload\nreset-failed shop-orderd.service\nstop shop-orderd.service\n"
          "reset-failed shop-orderd.socket\nstart shop-orderd.socket\n"
          "restart shop-orderd.service\n");
}

TEST_CASE("systemd driver: objects that were changed are not switched to", "[deploy][driver]") {
    SystemdRig rig;
    const Part part = rig.collect();
    REQUIRE(write_file(rig.objects.path(part.settings, "orderd.toml"), "x = 1\n", 0644));
    CHECK_FALSE(rig.driver->stage(rig.service, part));
    CHECK_FALSE(rig.switch_to(part));
    CHECK(rig.host.take_calls() == "");
    CHECK(rig.host.read("units/shop-orderd.service") == "");
}

TEST_CASE("systemd driver: an instance that was restarted says why, one that ended its last words",
          "[deploy][driver]") {
    SystemdRig rig;
    const auto instance = [&](const std::string& properties) {
        rig.host.unit_is("shop-orderd.service", properties);
        const auto is = rig.driver->instance(rig.service);
        REQUIRE(is);
        return *is;
    };
    rig.host.write(
        "journal",
        "shop-orderd.service: Main process exited, code=killed, status=11/SEGV\n"
        "shop-orderd.service: Failed with result 'signal'.\n"
        "shop-orderd.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED\n"
        "shop-orderd.service: Failed with result 'exit-code'.\n"
        "Started shop-orderd.service\n");
    const Instance restarted =
        instance("ActiveState=active\nMainPID=55\nNRestarts=2\nResult=success\n");
    CHECK(restarted.running);
    CHECK(restarted.restarts == 2);
    CHECK(restarted.reason == "exit 3");
    CHECK(restarted.last_words.empty());
    CHECK(restarted.binary.empty());

    rig.host.write("journal",
                   "shop-orderd.service: A process of this unit has been killed.\n"
                   "shop-orderd.service: Failed with result 'oom-kill'.\n");
    const Instance killed =
        instance("ActiveState=failed\nMainPID=0\nNRestarts=0\nResult=oom-kill\nExecMainStatus=9\n");
    CHECK_FALSE(killed.running);
    CHECK(killed.reason == "oom-kill");
    CHECK(killed.last_words ==
          "shop-orderd.service: A process of this unit has been killed.\n"
          "shop-orderd.service: Failed with result 'oom-kill'.");
    CHECK(instance("ActiveState=active\nMainPID=5\nNRestarts=1\n").reason == "oom-kill");
    CHECK(instance("ActiveState=failed\nResult=watchdog\nExecMainStatus=6\n").reason == "watchdog");
    CHECK(instance("ActiveState=failed\nResult=signal\nExecMainStatus=9\n").reason == "signal 9");
    CHECK(instance("ActiveState=inactive\nResult=success\n").reason == "inactive");
}

TEST_CASE("systemd driver: what userd starts besides itself lies beside it", "[deploy][driver]") {
    SystemdRig rig;
    std::string text = rig.unit_text();
    text.replace(text.find(" /usr/lib\n"), 1, " /usr/bin/shop-mail ");
    REQUIRE(write_file(rig.service.unit, text, 0644));
    const Part part = rig.collect();
    const auto beside = rig.objects.path(part.binary, "shop-mail");
    CHECK(std::filesystem::read_symlink(beside) == "/usr/bin/shop-mail");
    REQUIRE(rig.driver->stage(rig.service, part));
}
