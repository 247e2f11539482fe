// The gates of one service: ready, version, dependencies.
#include <catch2/catch.hpp>

#include "deploy/gate_ready.hpp"
#include "support/temp_folder.hpp"
#include "unit/cli/deploy_gates_fakes.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using namespace std::chrono_literals;
using shop::cli::deploy::test::FakeDriver;
using shop::cli::deploy::test::FakeService;

namespace {

ServiceProbe probe_of(const ServiceManifest& service) {
    auto probe = ServiceProbe::make(service);
    REQUIRE(probe);
    return *std::move(probe);
}

// The error's message, which is a failed_precondition's; empty where there is none.
std::string said(const Result<void>& result) {
    if (result) return "";
    CHECK(result.error().code == Code::failed_precondition);
    return result.error().message;
}

struct ReadyGate {
    FakeService service{"orderd"};
    FakeDriver driver;

    std::string run(std::chrono::seconds patience) {
        const auto manifest = service.manifest();
        return said(gate_ready(manifest, probe_of(manifest), driver, patience));
    }
};

Part part_of(const std::string& version, const std::string& commit) {
    Part part;
    part.description.service = "orderd";
    part.description.version = version;
    part.description.commit = commit;
    return part;
}

}  // namespace

TEST_CASE("deploy gates: ready waits until the service says so", "[deploy][gates]") {
    ReadyGate gate;
    CHECK(gate.run(20s) == "");
    gate.service.ready_after(4);
    CHECK(gate.run(20s) == "");
    gate.service.healthy({{"disk", false}});
    CHECK(gate.run(20s) == "");
}

TEST_CASE("deploy gates: a service that is never ready is told with why", "[deploy][gates]") {
    ReadyGate gate;
    gate.service.healthy({{"store", true}});
    CHECK(gate.run(0s) == "ready: orderd was not ready within 0 s: orderd has no store: gone");
    gate.service.says("/readyz", 500, Json("?"));
    CHECK(gate.run(0s) ==
          "ready: orderd was not ready within 0 s: orderd answers GET /readyz with "
          "500");
    gate.service.says("/readyz", 503, Json{{"status", 503}});
    CHECK_THAT(gate.run(0s), Catch::StartsWith("ready: orderd was not ready within 0 s: "));
    const shop::test::TempFolder folder;
    ServiceManifest nowhere;
    nowhere.name = "orderd";
    nowhere.url = "unix:" + (folder.path() / "none.sock").string();
    CHECK_THAT(said(gate_ready(nowhere, probe_of(nowhere), gate.driver, 0s)),
               Catch::Contains("none.sock"));
}

TEST_CASE("deploy gates: a process that ended fails at once, with its last words",
          "[deploy][gates]") {
    ReadyGate gate;
    gate.driver.instances["orderd"] = {
        .running = false, .reason = "exit 2", .last_words = "no such setting: prot"};
    CHECK(gate.run(600s) ==
          "ready: orderd does not run (exit 2). Its last words: no such setting: prot");
    gate.driver.instances["orderd"] = {.running = true, .restarts = 1, .reason = "oom-kill"};
    CHECK(gate.run(600s) == "ready: orderd ended and was started again (oom-kill)");
    gate.driver.instances["orderd"] = {.running = true, .pid = 7};
    CHECK(gate.run(600s) == "");
}

TEST_CASE("deploy gates: another version than the release's is refused", "[deploy][gates]") {
    FakeService service("orderd");
    const auto probe = probe_of(service.manifest());
    CHECK(said(gate_version(probe, part_of("1.2", "abc"))) == "");
    CHECK(said(gate_version(probe, part_of("1.2", ""))) == "");
    CHECK(said(gate_version(probe, part_of("1.3", "abc"))) ==
          "version: at orderd's address runs orderd 1.2 (abc), but the release has 1.3 (abc)");
    CHECK(said(gate_version(probe, part_of("1.2", "def"))) != "");
    service.says("/version", 200, Json{{"service", "userd"}, {"version", "1.2"}});
    CHECK_THAT(said(gate_version(probe, part_of("1.2", ""))), Catch::Contains("runs userd"));
    service.says("/version", 404, Json::object());
    CHECK(said(gate_version(probe, part_of("1.2", ""))) ==
          "version: orderd answers GET /version with 404");
}

TEST_CASE("deploy gates: a service that another one can't reach is a dependency that is missing",
          "[deploy][gates]") {
    FakeService orders("orderd"), products("productd");
    std::vector<ServiceProbe> probes;
    probes.push_back(probe_of(products.manifest()));
    probes.push_back(probe_of(orders.manifest()));
    std::vector<std::string> told;
    const auto run = [&](std::chrono::seconds patience) {
        told.clear();
        return said(gate_dependencies(probes, patience,
                                      [&](std::string_view line) { told.emplace_back(line); }));
    };
    CHECK(run(20s) == "");
    CHECK(told.empty());
    orders.healthy({{"productd", false}});
    CHECK(run(0s) == "dependencies: orderd has no productd: gone (for 0 s)");
    orders.healthy({{"disk", false}});
    CHECK(run(0s) == "");
    CHECK(told == std::vector<std::string>{"warning: orderd has no disk: gone"});
    products.healthy({{"store", true}, {"disk", false}});
    CHECK(run(0s) == "dependencies: productd has no store: gone (for 0 s)");
    products.ready_after(3);
    CHECK(run(20s) == "");
}
