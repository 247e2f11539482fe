// The gates of a deployment before a shop of the real daemons.
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "base/file.hpp"
#include "deploy/gates.hpp"
#include "deploy/service_probe.hpp"
#include "support/running_shop.hpp"
#include "unit/cli/deploy_gates_fakes.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using namespace std::chrono_literals;
using shop::cli::deploy::test::FakeDriver;
using shop::test::RunningShop;

namespace {

// A shop, and gates of the shortest times that still say something.
struct GatedShop {
    RunningShop shop;
    FakeDriver driver;
    Manifest manifest;
    std::vector<std::string> said;
    std::string account_file = (shop.folder() / "buyer.json").string();
    std::unique_ptr<Gates> gates;

    GatedShop() {
        for (const char* name : {"userd", "productd", "orderd"}) {
            ServiceManifest service;
            service.name = name;
            service.url = shop.url(name);
            manifest.services.push_back(service);
        }
        manifest.gates.ready_seconds = 20;
        manifest.gates.baseline_seconds = 2;
        manifest.gates.bake_seconds = 3;
        // A machine that builds beside the test is no bad release.
        manifest.gates.latency_floor_ms = 10'000;
        renew();
    }
    // As another process would begin.
    void renew() {
        gates = make_gates(manifest, driver, account_file,
                           [this](std::string_view line) { said.emplace_back(line); });
    }
    void product(const std::string& stock) {
        shop.ok(
            {"product", "create", "TEA-1", "--name", "Tea", "--price", "12.75", "--stock", stock});
    }
    // The part that runs.
    Part part(const ServiceManifest& service) const {
        const auto probe = ServiceProbe::make(service);
        REQUIRE(probe);
        const auto version = probe->version();
        REQUIRE(version);
        Part out;
        out.description.service = version->service;
        out.description.version = version->version;
        out.description.commit = version->commit;
        return out;
    }
    ServiceManifest& service(const std::string& name) {
        return *std::ranges::find(manifest.services, name, &ServiceManifest::name);
    }
    Result<void> pass(const std::string& name) {
        return gates->pass(service(name), part(service(name)));
    }
    std::string buyer() const {
        const auto text = read_file(account_file);
        REQUIRE(text);
        return Json::parse(*text)["username"];
    }
    std::int64_t available() const { return shop.json({"stock", "get", "TEA-1"})["available"]; }
};

void must_pass(const Result<void>& result) {
    INFO((result ? "" : result.error().message));
    CHECK(result.has_value());
}

std::string message_of(const Result<void>& result) {
    REQUIRE(!result);
    CHECK(result.error().code == Code::failed_precondition);
    return result.error().message;
}

}  // namespace

TEST_CASE("deploy gates: a good shop passes them, and has its pieces back", "[deploy][gates]") {
    GatedShop with;
    with.product("5");
    must_pass(with.gates->measure_before());
    for (const auto& service : with.manifest.services) must_pass(with.pass(service.name));
    must_pass(with.gates->bake(with.manifest.services, {}));
    must_pass(with.gates->purchase());

    struct stat status {};
    REQUIRE(::stat(with.account_file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(with.buyer() == "shop-deploy-check");
    const Json orders = with.shop.json({"order", "list", "--limit", "200"});
    CHECK(orders.size() > 5);  // five by the gates, and those of the bake
    for (const Json& order : orders) {
        CHECK(order["state"] == "cancelled");
        CHECK(order["username"] == "shop-deploy-check");
    }
    CHECK(shop::test::eventually([&] { return with.available() == 5; }));
    // Sessions are ended.
    CHECK(with.shop.json({"session", "list", "--user", "shop-deploy-check"}).empty());
    // A figure for people, and no warning.
    REQUIRE(with.said.size() == 1);
    CHECK_THAT(with.said[0], Catch::Contains("purchases in") && Catch::Contains("0 failed"));
}

TEST_CASE("deploy gates: a shop whose orderd is gone fails with the step, the service and why",
          "[deploy][gates]") {
    GatedShop with;
    with.product("5");
    must_pass(with.gates->measure_before());
    const std::string there = with.service("orderd").url;
    const std::string gone = "unix:" + (with.shop.folder() / "gone.sock").string();
    with.service("orderd").url = gone;
    with.renew();
    CHECK_THAT(message_of(with.gates->purchase()), Catch::StartsWith("purchase: ") &&
                                                       Catch::Contains(" at orderd: ") &&
                                                       Catch::Contains("gone.sock"));
    CHECK(!with.gates->measure_before());
    with.manifest.gates.ready_seconds = 1;
    CHECK_THAT(message_of(with.pass("productd")), Catch::StartsWith("dependencies: "));
    with.service("orderd").url = there;
    with.renew();
    must_pass(with.pass("productd"));
}

TEST_CASE("deploy gates: an orderd that hangs, or dies, while it bakes is told",
          "[deploy][gates]") {
    GatedShop with;
    with.product("5");
    must_pass(with.gates->measure_before());
    const pid_t pid = with.shop.pid_of("orderd");
    with.driver.instances["orderd"] = {.running = true, .pid = pid};
    with.manifest.gates.bake_seconds = 60;

    std::jthread stopper([&] {
        std::this_thread::sleep_for(1s);
        ::kill(pid, SIGSTOP);
    });
    const auto hung = message_of(with.gates->bake(with.manifest.services, {}));
    ::kill(pid, SIGCONT);
    CHECK_THAT(hung, Catch::StartsWith("bake: ") && Catch::Contains("orderd"));

    REQUIRE(shop::test::eventually([&] { return with.gates->purchase().has_value(); }));
    with.driver.instances.clear();  // a manager that notices nothing: the counters do
    std::jthread killer([&] {
        std::this_thread::sleep_for(1s);
        ::kill(pid, SIGKILL);
    });
    const auto died = message_of(with.gates->bake(with.manifest.services, {}));
    CHECK_THAT(died, Catch::StartsWith("bake: ") && Catch::Contains("orderd"));
    REQUIRE(shop::test::eventually([&] { return with.gates->purchase().has_value(); }));
}

TEST_CASE("deploy gates: a release of another version is refused", "[deploy][gates]") {
    GatedShop with;
    Part part = with.part(with.service("userd"));
    part.description.version = "99.0";
    CHECK_THAT(message_of(with.gates->pass(with.service("userd"), part)),
               Catch::StartsWith("version: ") && Catch::Contains("99.0"));
}

TEST_CASE("deploy gates: with nothing to buy it is said that no purchase was tried",
          "[deploy][gates]") {
    GatedShop with;
    with.manifest.gates.baseline_seconds = with.manifest.gates.bake_seconds = 1;
    must_pass(with.gates->measure_before());
    must_pass(with.pass("orderd"));
    must_pass(with.gates->bake(with.manifest.services, {}));
    REQUIRE(!with.said.empty());
    CHECK(with.said[0] == "warning: no purchase was tried: the catalogue is empty");
    with.product("0");
    with.said.clear();
    must_pass(with.gates->purchase());
    CHECK(with.said ==
          std::vector<std::string>{"warning: no purchase was tried: no product is in stock"});
    with.shop.ok({"stock", "add", "TEA-1", "3"});
    with.said.clear();
    must_pass(with.gates->purchase());
    CHECK(with.said.empty());
    // A catalogue that was there and is gone is no reason to skip anything.
    with.shop.ok({"--yes", "product", "delete", "TEA-1"});
    CHECK_THAT(message_of(with.gates->purchase()),
               Catch::StartsWith("purchase: list of products at productd"));
    with.manifest.gates.purchase = false;
    with.renew();
    must_pass(with.gates->purchase());
}

TEST_CASE("deploy gates: the account that buys is made anew where it is lost", "[deploy][gates]") {
    GatedShop with;
    with.product("5");
    must_pass(with.gates->purchase());
    CHECK(with.buyer() == "shop-deploy-check");
    // The file is lost: the name is taken, and its password unknown.
    std::filesystem::remove(with.account_file);
    with.renew();
    must_pass(with.gates->purchase());
    const std::string second = with.buyer();
    CHECK_THAT(second, Catch::StartsWith("shop-deploy-check-"));
    // The account is gone, say after a restore.
    with.shop.ok({"--yes", "user", "delete", second});
    with.renew();
    must_pass(with.gates->purchase());
    CHECK(with.buyer() != second);
    // It could sign in a moment ago, so that is the release's fault.
    with.shop.ok({"--yes", "user", "delete", with.buyer()});
    CHECK_THAT(message_of(with.gates->purchase()), Catch::StartsWith("purchase: sign-in at userd"));
    // Others may read it.
    with.renew();
    REQUIRE(::chmod(with.account_file.c_str(), 0644) == 0);
    CHECK_THAT(message_of(with.gates->purchase()), Catch::Contains("chmod 600"));
}

TEST_CASE("deploy gates: what a purchase that failed left behind is cleared away",
          "[deploy][gates]") {
    GatedShop with;
    with.product("5");
    must_pass(with.gates->purchase());
    const auto text = read_file(with.account_file);
    REQUIRE(text);
    const Json account = Json::parse(*text);
    const auto token = with.shop.token(account["username"], account["password"]);
    const auto post = [&](const std::string& path, const Json& body, const std::string& key) {
        const shop::test::HeaderList headers = {{"authorization", "Bearer " + token},
                                                {"content-type", "application/json"},
                                                {"idempotency-key", key}};
        return with.shop.send("orderd", "POST", path, headers, body.dump()).status;
    };
    const Json two{{"product", "TEA-1"}, {"quantity", 2}};
    REQUIRE(post("/v1/cart/lines", two, "first") == 200);
    REQUIRE(post("/v1/orders", Json::object(), "second") == 201);
    REQUIRE(post("/v1/cart/lines", two, "third") == 200);
    must_pass(with.gates->purchase());
    for (const Json& order : with.shop.json({"order", "list"}))
        CHECK(order["state"] == "cancelled");
    CHECK(shop::test::eventually([&] { return with.available() == 5; }));
}
