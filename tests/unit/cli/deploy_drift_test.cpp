// What the systemd driver finds before a switch (preflight) and after it (drift), and the texts of
// units.
#include <sys/socket.h>

#include <netinet/in.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "deploy/unit.hpp"
#include "deploy_fake_systemd.hpp"
#include "deploy_systemd_rig.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using test::SystemdRig;

namespace {

const UnitParts kUnitParts{"userd", "/s/o/aa/shop-userd", "/s/o/bb/userd.toml", {}};
const std::string kUserdUnit =
    "[Service]\n# /usr/bin/shop-userd2 is another\nExecStart=-/usr/bin/shop-userd --config "
    "/etc/shop/userd.toml\nLoadCredential=mail:shop-userd.mail\nLoadCredential=first:x\n";

std::string rendered_text(const UnitText& text, const UnitParts& parts = kUnitParts) {
    const auto unit = render_unit(text, parts);
    return unit ? unit->unit.substr(unit->unit.find("[Service]")) : unit.error().message;
}

std::string lines_of(const Result<std::vector<std::string>>& drift) {
    REQUIRE(drift);
    std::string out;
    for (const auto& line : *drift) out += line + '\n';
    return out;
}

// A rig whose state is no place that a unit does not see.
struct CheckedRig : SystemdRig {
    CheckedRig() { manifest.state = "/srv/shop-deploy"; }
    std::string trouble() {
        const auto good = driver->preflight(service, collect());
        if (good) return "";
        CHECK(good.error().code == Code::failed_precondition);
        CHECK_FALSE(good.error().fields.empty());
        return good.error().message;
    }
};

}  // namespace

TEST_CASE("unit: paths are replaced where they stand by themselves", "[deploy][driver]") {
    CHECK(rendered_text({kUserdUnit, {}}) ==
          "[Service]\n# /usr/bin/shop-userd2 is another\nExecStart=-/s/o/aa/shop-userd --config "
          "/s/o/bb/userd.toml\nLoadCredential=mail:shop-userd.mail\nLoadCredential=first:x\n");
}

TEST_CASE("unit: a secret takes its line's place, or gets one", "[deploy][driver]") {
    UnitParts parts = kUnitParts;
    parts.credentials = {{"mail", true}, {"key", false}};
    CHECK(rendered_text({kUserdUnit, {}}, parts) ==
          "[Service]\nLoadCredential=key:shop-userd.key\n# /usr/bin/shop-userd2 is another\n"
          "ExecStart=-/s/o/aa/shop-userd --config /s/o/bb/userd.toml\n"
          "LoadCredentialEncrypted=mail:shop-userd.mail\nLoadCredential=first:x\n");
}

TEST_CASE("unit: one that does not start the service's program with its settings is refused",
          "[deploy][driver]") {
    for (const std::string line :
         {"ExecStart=/opt/userd --config /etc/shop/userd.toml", "ExecStart=/usr/bin/shop-userd",
          "# ExecStart=/usr/bin/shop-userd --config /etc/shop/userd.toml",
          "ExecStart=/usr/bin/shop-userd2 --config /etc/shop/userd.toml"}) {
        INFO(line);
        CHECK(rendered_text({"[Service]\n" + line + "\n", {}})
                  .find("must start /usr/bin/shop-userd with /etc/shop/userd.toml") !=
              std::string::npos);
    }
    const DropIn back{"x.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/shop-userd --old\n"};
    CHECK(rendered_text({kUserdUnit, {back}}).find("The drop-in x.conf of shop-userd names") == 0);
    UnitParts parts = kUnitParts;
    parts.binary = "/s/o o/%h/shop-userd";
    CHECK(rendered_text({kUserdUnit, {}}, parts).find("`state` must be a path") !=
          std::string::npos);
}

TEST_CASE("unit: text and drop-ins are one object and come apart again", "[deploy][driver]") {
    const UnitText text{"[Service]\nA=1\n", {{"a.conf", "[Service]\nB=2\n"}, {"b.conf", ""}}};
    CHECK(split_unit(join_unit(text)) == text);
    CHECK(split_unit(join_unit({"A=1", {{"a.conf", "B"}}})) ==
          UnitText{"A=1\n", {{"a.conf", "B\n"}}});
    CHECK(split_unit("") == UnitText{});
    CHECK(unit_value("User=a\n#User=b\n User = c \nUsers=d\n", "User") == "c");
}

TEST_CASE("systemd driver: drop-ins are part of a release and go back with it",
          "[deploy][driver]") {
    SystemdRig rig;
    const std::string folder = "units/shop-orderd.service.d/";
    std::filesystem::create_directories(rig.host.path(folder));
    rig.host.write(folder + "network.conf", "[Service]\nPrivateNetwork=no\n");
    const Part before = rig.collect();
    REQUIRE(rig.switch_to(before));
    CHECK(lines_of(rig.driver->drift(rig.service, before)) == "");

    rig.host.write(folder + "network.conf", "[Service]\nPrivateNetwork=yes\n");
    rig.host.write(folder + "memory.conf", "[Service]\nMemoryMax=1M\n");
    const std::string drift = lines_of(rig.driver->drift(rig.service, before));
    CHECK(drift.find("a drop-in was changed: ") != std::string::npos);
    CHECK(drift.find("a drop-in was added: ") != std::string::npos);
    const Part next = rig.collect();
    CHECK(next.unit != before.unit);
    REQUIRE(rig.switch_to(next));
    CHECK(lines_of(rig.driver->drift(rig.service, next)) == "");

    REQUIRE(rig.switch_to(before));
    CHECK(lines_of(rig.driver->drift(rig.service, before)) == "");
    CHECK(rig.host.read(folder + "network.conf") == "[Service]\nPrivateNetwork=no\n");
    CHECK(rig.host.read(folder + "memory.conf") == "");
    CHECK(rig.host.read(folder + "memory.conf.off") == "[Service]\nMemoryMax=1M\n");
    std::filesystem::remove(rig.host.path(folder + "network.conf"));
    CHECK(lines_of(rig.driver->drift(rig.service, before)).find("a drop-in was removed: ") == 0);
}

TEST_CASE("systemd driver: each kind of drift has its line", "[deploy][driver]") {
    SystemdRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.switch_to(part));
    CHECK(lines_of(rig.driver->drift(rig.service, part)) == "");
    const std::string running = rig.host.read("shop-orderd.service.is");
    const auto drift = [&] { return lines_of(rig.driver->drift(rig.service, part)); };
    const auto is = [&](const std::string& more) {
        rig.host.unit_is("shop-orderd.service", running + more);
        const std::string lines = drift();
        rig.host.unit_is("shop-orderd.service", running);
        return lines;
    };
    CHECK(is("FragmentPath=/run/systemd/system/shop-orderd.service\n") ==
          "systemd has the unit from elsewhere: /run/systemd/system/shop-orderd.service\n");
    CHECK(is("DropInPaths=/usr/lib/systemd/system/service.d/10-x.conf "
             "/run/systemd/system.control/shop-orderd.service.d/50-MemoryMax.conf\n") ==
          "a drop-in was added: "
          "/run/systemd/system.control/shop-orderd.service.d/50-MemoryMax.conf\n");

    const std::string unit = rig.host.read("units/shop-orderd.service");
    rig.host.write("units/shop-orderd.service", unit + "MemoryMax=1M\n");
    CHECK(drift().find("the unit was changed: ") == 0);
    std::filesystem::remove(rig.host.path("units/shop-orderd.service"));
    CHECK(drift().find("the unit is not there: ") == 0);
    rig.host.write("units/shop-orderd.service", unit);

    const auto settings = rig.objects.path(part.settings, "orderd.toml");
    REQUIRE(write_file(settings, "currency = \"USD\"\n", 0644));
    CHECK(drift().find("the settings: ") == 0);
    REQUIRE(write_file(settings, rig.settings_text(), 0644));
    const auto binary = rig.objects.path(part.binary, "shop-orderd");
    const std::string program = read_file(binary).value_or("");
    REQUIRE(write_file(binary, program + "\n", 0755));
    CHECK(drift().find("the program: ") == 0);
    REQUIRE(write_file(binary, program, 0755));
    CHECK(drift() == "");
}

TEST_CASE("systemd driver: drift of what runs, and of its socket", "[deploy][driver]") {
    SystemdRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.switch_to(part));
    const auto drift = [&](const std::string& properties) {
        rig.host.unit_is("shop-orderd.service", properties);
        return lines_of(rig.driver->drift(rig.service, part));
    };
    CHECK(drift("ActiveState=failed\nResult=exit-code\nExecMainStatus=1\n") ==
          "it does not run (failed, exit 1)\n");
    std::filesystem::create_directories(rig.host.path("proc/9"));
    std::filesystem::create_symlink("/usr/bin/shop-orderd", rig.host.path("proc/9/exe"));
    CHECK(drift("ActiveState=active\nMainPID=9\n") ==
          "another program runs: /usr/bin/shop-orderd\n");
    CHECK(drift("ActiveState=active\nMainPID=101\nNeedDaemonReload=yes\n")
              .find("systemd has not "
                    "read") == 0);
    CHECK(drift("ActiveState=active\nMainPID=101\nLoadState=masked\nFragmentPath=/dev/null\n")
              .find("the unit is masked") == 0);
    rig.host.unit_is("shop-orderd.socket",
                     "LoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\n");
    const std::string lines = drift("ActiveState=active\nMainPID=101\n");
    CHECK(lines.find("systemctl start shop-orderd.socket") != std::string::npos);
    CHECK(lines.find("systemctl enable shop-orderd.socket") != std::string::npos);
}

TEST_CASE("systemd preflight: a good part passes, and nothing is changed", "[deploy][driver]") {
    CheckedRig rig;
    std::filesystem::create_directories(rig.host.path("units/shop-orderd.service.d"));
    rig.host.write("units/shop-orderd.service.d/x.conf", "[Service]\n");
    CHECK(rig.trouble() == "");
    CHECK(rig.host.take_calls() == "");
    CHECK(rig.host.read("units/shop-orderd.service") == "");
    // systemd saw the unit as it will be.
    CHECK(rig.host.read("verified").find("/usr/bin/shop-orderd") == std::string::npos);
    CHECK(rig.host.read("verified-drop-ins") == "x.conf\n");
}

TEST_CASE("systemd preflight: a key that systemd does not know refuses", "[deploy][driver]") {
    CheckedRig rig;
    rig.host.write("unknown", "");
    const std::string trouble = rig.trouble();
    CHECK(trouble.find("units: systemd does not take the unit of shop-orderd.") == 0);
    CHECK(trouble.find("\nshop-orderd.service:7: Unknown key 'Memory'") != std::string::npos);
}

TEST_CASE("systemd preflight: settings are read by the new program", "[deploy][driver]") {
    CheckedRig rig;
    rig.host.write("bad-settings", "currencyy: unknown setting");
    CHECK(rig.trouble() == "settings: The new shop-orderd can't start with " +
                               rig.service.settings + ": currencyy: unknown setting");
    const Part part = rig.collect();
    rig.host.write("bad-settings", "a line\n{\"level\":\"error\",\"message\":\"" +
                                       rig.objects.path(part.settings, "orderd.toml").string() +
                                       ": port is 0\"}\n");
    CHECK(rig.trouble() == "settings: The new shop-orderd can't start with " +
                               rig.service.settings + ": " + rig.service.settings + ": port is 0");
    // A credential is there only once the unit has started.
    rig.host.write("bad-settings", "can't read /run/credentials/shop-orderd.service/mail");
    CHECK(rig.trouble() == "");
}

TEST_CASE("systemd preflight: a user that is not there is told with the package that makes it",
          "[deploy][driver]") {
    CheckedRig rig;
    REQUIRE(write_file(rig.service.unit, rig.unit_text() + "User=shop-nobody-of-ours\n", 0644));
    CHECK(rig.trouble().find("units: There is no user shop-nobody-of-ours here. Install the "
                             "package shop-orderd") == 0);
}

TEST_CASE("systemd preflight: settings are read as the service's user where we may",
          "[deploy][driver]") {
    if (::geteuid() != 0) return;
    CheckedRig rig;
    rig.host.script("setpriv", "#!/bin/bash\necho \"$*\" >\"$(dirname \"$0\")/../setpriv\"\n");
    REQUIRE(write_file(rig.service.unit, rig.unit_text() + "User=nobody\nGroup=nogroup\n", 0644));
    CHECK(rig.trouble() == "");
    CHECK(rig.host.read("setpriv").find("--reuid=nobody --regid=nogroup --init-groups -- /") == 0);
}

TEST_CASE("systemd preflight: a unit that somebody put there is not written over",
          "[deploy][driver]") {
    CheckedRig rig;
    rig.host.write("units/shop-orderd.service", "[Service]\n");
    CHECK(rig.trouble().find("was put there by hand") != std::string::npos);
    std::filesystem::remove(rig.host.path("units/shop-orderd.service"));
    rig.manifest.state = rig.host.path("state");
    REQUIRE(rig.switch_to(rig.collect()));
    rig.manifest.state = "/srv/shop-deploy";
    CHECK(rig.trouble() == "");
    rig.manifest.state = "/home/ann/state";
    CHECK(rig.trouble().find("units: A service does not see /home/") == 0);
}

TEST_CASE("systemd preflight: a socket is there, and open or its port free", "[deploy][driver]") {
    CheckedRig rig;
    rig.host.unit_is("shop-orderd.socket", "LoadState=not-found\nActiveState=inactive\n");
    CHECK(rig.trouble().find("ports: There is no shop-orderd.socket here (not-found)") == 0);

    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    void* generic = &address;
    REQUIRE(::bind(fd, static_cast<sockaddr*>(generic), size) == 0);
    REQUIRE(::listen(fd, 1) == 0);
    REQUIRE(::getsockname(fd, static_cast<sockaddr*>(generic), &size) == 0);
    const std::string port = std::to_string(ntohs(address.sin_port));
    const std::string listens =
        "Listen=127.0.0.1:" + port + " (Stream)\nListen=/run/shop/orderd.sock (Stream)\n";
    rig.host.unit_is("shop-orderd.socket", "LoadState=loaded\nActiveState=inactive\n" + listens);
    CHECK(rig.trouble().find("ports: Port " + port +
                             " is taken, and shop-orderd.socket is "
                             "closed.") == 0);
    rig.host.unit_is("shop-orderd.socket", "LoadState=loaded\nActiveState=active\n" + listens);
    CHECK(rig.trouble() == "");
    ::close(fd);
    rig.host.unit_is("shop-orderd.socket", "LoadState=loaded\nActiveState=inactive\n" + listens);
    CHECK(rig.trouble() == "");
}
