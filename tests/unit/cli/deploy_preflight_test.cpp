// The table of checks before a deployment, with a driver that says what a test wants.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "deploy/in_use.hpp"
#include "deploy/preflight.hpp"
#include "deploy/settings_file.hpp"
#include "http/front.hpp"
#include "support/certificate.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

class SayingDriver : public Driver {
public:
    std::string_view name() const override { return "saying"; }
    Result<Part> collect(const ServiceManifest&) override { return Part{}; }
    Result<void> preflight(const ServiceManifest&, const Part&) override {
        if (!wrong) return {};
        return tl::make_unexpected(*wrong);
    }
    Result<void> stage(const ServiceManifest&, const Part&) override { return {}; }
    Result<void> switch_to(const ServiceManifest&, const Part&) override { return {}; }
    Result<Instance> instance(const ServiceManifest&) override { return Instance{}; }
    Result<std::vector<std::string>> drift(const ServiceManifest&, const Part&) override {
        return std::vector<std::string>{};
    }
    std::optional<Error> wrong;
};

Part part_of(const std::string& service, std::vector<std::string> serves,
             std::vector<Need> needs = {}) {
    Part part;
    part.description = {service, "1.1", "c", 3, 2, std::move(serves), std::move(needs)};
    return part;
}

struct PreflightCase {
    Manifest manifest;
    Release release;
    std::optional<Release> current;
    HostFacts facts;
    std::vector<Need> in_use;
    SayingDriver driver;

    PreflightCase() {
        for (const std::string name : {"productd", "orderd"}) {
            ServiceManifest service;
            service.name = name;
            service.settings = "/no/such/" + name + ".toml";
            manifest.services.push_back(service);
        }
        release.parts = {part_of("productd", {"GET /v1/products/{ref}", "POST /v1/reservations"}),
                         part_of("orderd", {"POST /v1/orders"},
                                 {{"productd", "GET /v1/products/{slug}"},
                                  {"productd", "POST /v1/reservations"},
                                  {"userd", "GET /v1/events"}})};
        facts = {.free_disk_bytes = 10 * kGiB,
                 .free_memory_bytes = kGiB,
                 .clock_synchronised = true,
                 .backup_age_hours = 1,
                 .store_bytes = kGiB};
    }
    std::vector<Finding> findings() {
        return preflight({manifest, release, current, facts, in_use}, driver);
    }
    // "disk! clock": the checks that found something, those that refuse with a mark.
    std::string checks() {
        std::string out;
        for (const Finding& finding : findings())
            out += (out.empty() ? "" : " ") + finding.check + (finding.refuses ? "!" : "");
        return out;
    }
};

}  // namespace

TEST_CASE("preflight: a host that has what is needed is told nothing", "[deploy][preflight]") {
    PreflightCase good;
    CHECK(good.checks() == "");
    good.current = good.release;
    good.in_use = {{"productd", "GET /v1/products/{id}"}, {"userd", "GET /v1/users"}};
    CHECK(good.checks() == "");
}

TEST_CASE("preflight: disk is needed for a release, and three times the stores",
          "[deploy][preflight]") {
    PreflightCase host;
    host.facts.free_disk_bytes = 3 * kGiB - 1;
    CHECK(host.checks() == "disk!");
    CHECK(host.findings()[0].message.find("3071 MiB are free, and 3072 MiB") == 0);
    host.facts.store_bytes = 1;
    CHECK(host.checks() == "");
    host.facts.free_disk_bytes = 511 * 1024 * 1024;
    CHECK(host.checks() == "disk!");
}

TEST_CASE("preflight: little memory warns, none refuses; a clock that nobody keeps warns",
          "[deploy][preflight]") {
    PreflightCase host;
    host.facts.free_memory_bytes = kGiB / 5;
    CHECK(host.checks() == "memory");
    host.facts.free_memory_bytes = kGiB / 10;
    CHECK(host.checks() == "memory!");
    host.facts = {.free_disk_bytes = 0, .free_memory_bytes = 0, .clock_synchronised = false};
    CHECK(host.checks() == "disk! memory! backup clock");
}

TEST_CASE("preflight: a backup that is missing or old is said, and taken by the engine",
          "[deploy][preflight]") {
    PreflightCase host;
    host.facts.backup_age_hours = 24;
    CHECK(host.checks() == "");
    host.facts.backup_age_hours = 25;
    CHECK(host.checks() == "backup");
    host.facts.backup_age_hours = -1;
    CHECK(host.checks() == "backup");
    host.manifest.backup_hours_max = 0;
    CHECK(host.checks() == "");
}

TEST_CASE("preflight: what a driver finds keeps its name and service", "[deploy][preflight]") {
    PreflightCase host;
    host.driver.wrong = Error{Code::failed_precondition,
                              "all of it",
                              {{"settings", "currencyy"}, {"ports", "5003 is taken"}}};
    CHECK(host.checks() == "settings! ports! settings! ports!");
    CHECK(host.findings()[0].service == "productd");
    CHECK(host.findings()[3].message == "5003 is taken");
    host.driver.wrong = Error{Code::unavailable, "no systemd"};
    CHECK(host.checks() == "units! units!");
    host.manifest.services.pop_back();
    CHECK(host.findings()[1].message == "deploy.yaml has no service orderd. Add it there.");
}

TEST_CASE("preflight: a store that the release can't read refuses, with the way out",
          "[deploy][preflight]") {
    PreflightCase host;
    host.current = host.release;
    const auto checks_with = [&](std::int64_t has) {
        host.current->parts[0].description.store_format = has;
        return host.checks();
    };
    CHECK(checks_with(2) == "");
    CHECK(checks_with(3) == "");
    CHECK(checks_with(1) == "store format!");
    CHECK(checks_with(4) == "store format!");
    const std::string message = host.findings()[0].message;
    CHECK(message.find("productd 1.1 reads stores of format 2 to 3, and that of productd 1.1 has "
                       "4.") == 0);
    CHECK(message.find("shopctl backup restore") != std::string::npos);
    // One that is new has no store yet.
    host.current->parts.erase(host.current->parts.begin());
    CHECK(host.checks() == "");
}

TEST_CASE("preflight: a call that nobody answers refuses, with endpoint and both services",
          "[deploy][preflight]") {
    PreflightCase host;
    host.release.parts[0].description.serves = {"GET /v1/products/{ref}"};
    CHECK(host.checks() == "contract!");
    CHECK(host.findings()[0].message ==
          "orderd 1.1 calls POST /v1/reservations of productd, which 1.1 does not serve. Deploy "
          "versions that go together.");
    // Another method, or a longer path, is another endpoint.
    for (const std::string other : {"GET /v1/reservations", "POST /v1/reservations/{id}"}) {
        host.release.parts[0].description.serves = {"GET /v1/products/{ref}", other};
        CHECK(host.checks() == "contract!");
    }
}

TEST_CASE("preflight: what stays is held against the release as well", "[deploy][preflight]") {
    PreflightCase host;
    host.current = host.release;
    host.release.parts.pop_back();  // orderd stays
    CHECK(host.checks() == "");
    host.release.parts[0].description.serves = {"POST /v1/reservations"};
    CHECK(host.checks() == "contract!");
}

TEST_CASE("preflight: an endpoint in use that vanishes refuses", "[deploy][preflight]") {
    PreflightCase host;
    host.in_use = {{"productd", "DELETE /v1/products/{id}"}};
    CHECK(host.checks() == "contract!");
    const Finding finding = host.findings()[0];
    CHECK(finding.service == "productd");
    CHECK(finding.message.find("DELETE /v1/products/{id} is in use, and productd 1.1 does not") ==
          0);
}

TEST_CASE("preflight: certificates of the settings are looked at", "[deploy][preflight]") {
    const test::TempFolder folder;
    PreflightCase host;
    const auto settings = folder.path() / "productd.toml";
    host.manifest.services[0].settings = settings;
    const auto with = [&](const std::string& certificate, const std::string& key) {
        REQUIRE(write_file(settings,
                           "tls_certificate = \"" + certificate + "\"\ntls_key = '" + key + "'\n",
                           0644));
        return host.checks();
    };
    const auto good = test::make_certificate(folder.path(), "good", "DNS:localhost");
    const auto other = test::make_certificate(folder.path(), "other", "DNS:localhost");
    CHECK(with(good.certificate, good.key) == "");
    CHECK(with(good.certificate, other.key) == "certificates!");
    CHECK(with("/no/such.crt", good.key) == "certificates!");
    const auto lasting = [&](const std::string& days) {
        const std::string request = (folder.path() / "request").string();
        const std::string key = good.key.string();
        const std::string command = "openssl req -new -key " + key + " -subj /CN=x -out " +
                                    request + " && openssl x509 -req -in " + request +
                                    " -signkey " + key + " -days " + days + " -out " +
                                    good.certificate.string();
        REQUIRE(std::system(('(' + command + ") 2>/dev/null").c_str()) == 0);
        return with(good.certificate, good.key);
    };
    CHECK(lasting("13") == "certificates");
    CHECK(lasting("15") == "");
    CHECK(lasting("-1") == "certificates!");
}

TEST_CASE("preflight: a gateway that does not answer refuses", "[deploy][preflight]") {
    PreflightCase host;
    host.manifest.gateway.runtime_socket = "/no/such/haproxy.sock";
    CHECK(host.checks() == "certificates!");
    CHECK(host.findings()[0].service == "gateway");
}

TEST_CASE("preflight: a line of settings is found, a comment or another key is none",
          "[deploy][preflight]") {
    const std::string toml =
        "# tls_key = \"/a\"\ntls_key_old = \"/b\"\n  tls_key= '/c # d' # e\nport = 5\n";
    CHECK(setting_of(toml, "tls_key") == "/c # d");
    CHECK(setting_of(toml, "port") == "");
    CHECK(setting_of(toml, "tls") == "");
    CHECK(setting_of("tls_key = \"/a", "tls_key") == "");
}

TEST_CASE("preflight: facts are this host's", "[deploy][preflight]") {
    const test::TempFolder folder;
    Manifest manifest;
    manifest.state = folder.path() / "not/yet/there";
    manifest.backup_folder = folder.path();
    ServiceManifest service;
    service.name = "userd";
    service.settings = folder.path() / "userd.toml";
    manifest.services = {service};
    REQUIRE(write_file(folder.path() / "data.mdb", std::string(100'000, 'x'), 0600));
    REQUIRE(write_file(service.settings, "data_dir = \"" + folder.path().string() + "\"\n", 0600));
    REQUIRE(write_file(folder.path() / "x.backup", "damaged", 0600));
    const auto facts = facts_of(manifest);
    REQUIRE(facts);
    CHECK(facts->free_disk_bytes > 0);
    CHECK(facts->free_memory_bytes > 0);
    CHECK(facts->store_bytes >= 100'000);
    CHECK(facts->backup_age_hours == -1);
}

TEST_CASE("preflight: an endpoint is in use where it was answered, not where it was refused",
          "[deploy][preflight]") {
    const std::string metrics =
        "# TYPE shop_http_requests_total counter\n"
        "shop_http_requests_total{endpoint=\"product_get\",status=\"200\"} 4\n"
        "shop_http_requests_total{endpoint=\"product_get\",status=\"404\"} 1\n"
        "shop_http_requests_total{endpoint=\"product_put\",status=\"401\"} 9\n"
        "shop_http_requests_total{status=\"304\",endpoint=\"list\"} 1\n"
        "shop_http_requests_total{endpoint=\"none\",status=\"404\"} 1\n"
        "shop_http_duration_seconds_count{endpoint=\"product_put\"} 9\n";
    const std::string openapi =
        R"({"openapi": "3.1.0", "paths": {"/v1/products/{ref}": {"get": {"operationId": )"
        R"("product_get"}, "put": {"operationId": "product_put"}}, "/v1/products": {"get": )"
        R"({"operationId": "list"}, "parameters": []}}})";
    CHECK(endpoints_asked(metrics, openapi) ==
          std::vector<std::string>{"GET /v1/products", "GET /v1/products/{ref}"});
    CHECK(endpoints_asked(metrics, "nonsense").empty());
    CHECK(endpoints_asked("", openapi).empty());
}

TEST_CASE("preflight: running services are asked; one that is down uses nothing",
          "[deploy][preflight]") {
    const test::TempFolder folder;
    const auto socket = folder.path() / "s.sock";
    http::Front front(
        {.workers = 1},
        [](http::Request& request) {
            http::Response response;
            response.body =
                request.target == "/metrics"
                    ? "shop_http_requests_total{endpoint=\"order_create\",status=\"201\"} 1\n"
                    : R"({"paths": {"/v1/orders": {"post": {"operationId": "order_create"}}}})";
            return response;
        },
        [](int status, std::string_view) {
            http::Response response;
            response.status = status;
            return response;
        },
        [](std::string_view) {});
    REQUIRE(front.listen_unix(socket, 0600));
    REQUIRE(front.start());
    Manifest manifest;
    manifest.services.resize(2);
    manifest.services[0].name = "userd";
    manifest.services[0].url = "unix:" + (folder.path() / "none.sock").string();
    manifest.services[1].name = "orderd";
    manifest.services[1].url = "unix:" + socket.string();
    const auto in_use = endpoints_in_use(manifest);
    REQUIRE(in_use.size() == 1);
    CHECK(in_use[0].service == "orderd");
    CHECK(in_use[0].endpoint == "POST /v1/orders");
}
