// A systemd driver on a fake host, with one service's files.
//
// Thread safety: one thread.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "deploy/driver_systemd.hpp"
#include "deploy_fake_systemd.hpp"

namespace shop::test {

// Says of itself what a daemon says; with HOST/bad-settings there it complains of settings with
// that. It runs as HOST/state/objects/<hash>/shop-orderd.
inline constexpr const char* kProgram = R"(case "$*" in
--describe)
    echo '{"service": "orderd", "version": "1.0", "commit": "c", "store_format": 3,
        "store_reads_from": 1, "serves": ["GET /v1/orders"], "needs": []}' ;;
*--check-config)
    complaint=$(dirname "$0")/../../../bad-settings
    if [ -e "$complaint" ]; then cat "$complaint" >&2; exit 2; fi ;;
esac)";

struct SystemdRig {
    using Part = cli::deploy::Part;

    FakeSystemd host;
    cli::deploy::Manifest manifest;
    cli::deploy::ServiceManifest service;
    cli::deploy::ObjectStore objects{host.path("state/objects")};
    cli::deploy::Secrets secrets{host.path("state/secrets"), host.path("etc")};
    std::unique_ptr<cli::deploy::Driver> driver;

    SystemdRig() {
        service.name = "orderd";
        service.binary = host.path("package/shop-orderd");
        service.unit = host.path("package/shop-orderd.service");
        service.settings = host.path("package/orderd.toml");
        manifest.state = state();
        manifest.services = {service};
        std::filesystem::create_directories(host.path("package"));
        REQUIRE(write_file(service.unit, unit_text(), 0644));
        REQUIRE(write_file(service.settings, settings_text(), 0644));
        write_program(kProgram);
        host.unit_is("shop-orderd.service", "LoadState=loaded\nActiveState=active\nMainPID=0\n");
        host.unit_is("shop-orderd.socket",
                     "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n");
        make_driver();
    }
    void make_driver() {
        driver = cli::deploy::make_systemd_driver(manifest, objects, secrets,
                                                  {.units = host.path("units"),
                                                   .proc = host.path("proc"),
                                                   .poll = std::chrono::milliseconds(1)});
    }

    std::filesystem::path state() const { return host.path("state"); }
    std::string unit_text() const {
        return "[Unit]\nDescription=Orders\n[Service]\nType=notify\n"
               "ExecStart=/usr/bin/shop-orderd --config /etc/shop/orderd.toml\n"
               "ExecPaths=/usr/bin/shop-orderd /usr/lib\n";
    }
    std::string settings_text() const { return "currency = \"GBP\"\n"; }
    void write_program(const std::string& lines) {
        REQUIRE(write_file(service.binary, "#!/bin/sh\n" + lines + "\n", 0755));
    }
    Part collect() {
        const auto part = driver->collect(service);
        if (!part) FAIL(part.error().message);
        return *part;
    }
    std::string collect_trouble() {
        const auto part = driver->collect(service);
        return part ? "" : part.error().message;
    }
    Result<void> switch_to(const Part& part) { return driver->switch_to(service, part); }
};

}  // namespace shop::test
