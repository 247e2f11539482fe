// --health: how a daemon with these settings is asked, and what is said of its answer.
#include "runtime/health.hpp"

#include "http/tls.hpp"
#include "support/certificate.hpp"
#include "unit/http/raw.hpp"
#include "unit/runtime/daemon_child.hpp"

using namespace shop;
using runtime::check_health;
using runtime::DaemonSettings;
using runtime::own_url;
using shop::runtime::test::Child;

namespace {

http::Front::Handler answering(int status, std::string body) {
    return [status, body = std::move(body)](http::Request& request) {
        http::Response response;
        response.status = request.path() == "/readyz" ? status : 404;
        response.body = body;
        return response;
    };
}

constexpr const char* kNotReady = R"({"service":"noted","status":"unavailable","checks":[
    {"name":"store","ok":false,"vital":true,"detail":"the disk is gone"},
    {"name":"userd","ok":false,"vital":false,"detail":"does not answer"},
    {"name":"disk","ok":true,"vital":false,"detail":""}]})";

DaemonSettings at_port(std::uint16_t port) {
    DaemonSettings settings;
    settings.port = port;
    return settings;
}

std::string unhealthy(const DaemonSettings& settings) {
    const auto health = check_health(settings, api::products_service());
    REQUIRE_FALSE(health);
    return health.error().message;
}

}  // namespace

TEST_CASE("health: the daemon is asked where its settings say that it listens", "[health]") {
    const auto& productd = api::products_service();
    const auto url = [&](const std::string& listen, std::int64_t port, bool secure) {
        DaemonSettings settings;
        settings.listen = listen;
        settings.port = port;
        if (secure) settings.tls_certificate = "/x.crt";
        return own_url(settings, productd);
    };
    CHECK(url("127.0.0.1", 0, false) == "http://127.0.0.1:" + std::to_string(productd.port));
    CHECK(url("0.0.0.0", 81, false) == "http://127.0.0.1:81");
    CHECK(url("::", 81, false) == "http://[::1]:81");
    CHECK(url("fe80::1", 81, true) == "https://[fe80::1]:81");
    CHECK(url("localhost", 443, true) == "https://localhost:443");
    DaemonSettings settings;
    settings.tls_certificate = "/x.crt";
    settings.socket = "/run/shop/productd.sock";
    CHECK(own_url(settings, productd) == "unix:/run/shop/productd.sock");
    settings.socket = "productd.sock";
    CHECK(own_url(settings, productd) ==
          "unix:" + (std::filesystem::current_path() / "productd.sock").string());
}

TEST_CASE("health: 200 is healthy; another answer or none says why not", "[health]") {
    const http::test::Server good({}, answering(200, "{}"));
    CHECK(check_health(at_port(good.port()), api::products_service()));
    const http::test::Server bad({}, answering(503, kNotReady));
    const std::string reason = unhealthy(at_port(bad.port()));
    CHECK_THAT(reason, Catch::Contains("productd at http://127.0.0.1:") &&
                           Catch::EndsWith("is not ready (status 503): store: the disk is gone"));
    const http::test::Server odd({}, answering(500, "<html>"));
    CHECK_THAT(unhealthy(at_port(odd.port())), Catch::Contains("status 500"));
    std::uint16_t closed = 0;
    {
        const http::test::Server gone;
        closed = gone.port();
    }
    CHECK_THAT(unhealthy(at_port(closed)), Catch::Contains("cannot be reached"));
}

TEST_CASE("health: one that takes the question and says nothing is not healthy", "[health]") {
    http::test::Gate gate;
    http::test::Server silent({}, [&](http::Request&) {
        gate.wait();
        return http::Response{};
    });
    CHECK_THAT(unhealthy(at_port(silent.port())), Catch::Contains("did not answer"));
    gate.open();
}

TEST_CASE("health: over a Unix socket, and over TLS with whatever certificate", "[health]") {
    const test::TempFolder folder;
    http::Front front({}, answering(200, "{}"), http::test::refusal, [](std::string_view) {});
    DaemonSettings settings;
    settings.socket = folder.path() / "s";
    REQUIRE(front.listen_unix(settings.socket, 0600));
    REQUIRE(front.start());
    CHECK(check_health(settings, api::products_service()));

    // Its certificate names neither the address nor an authority that anybody knows, and clients
    // have to show one of theirs.
    const auto files = test::make_certificate(folder.path(), "shop", "DNS:shop.example");
    http::FrontOptions options;
    auto tls = http::TlsServer::load({files.certificate, files.key, files.certificate});
    REQUIRE(tls);
    options.tls = *tls;
    const http::test::Server secure(std::move(options), answering(200, "{}"));
    settings = at_port(secure.port());
    CHECK_FALSE(check_health(settings, api::products_service()));
    settings.tls_certificate = files.certificate;
    settings.tls_key = files.key;
    CHECK_FALSE(check_health(settings, api::products_service()));
    settings.tls_client_ca = files.certificate;
    CHECK(check_health(settings, api::products_service()));
}

TEST_CASE("daemon: --health asks the one that runs with the same settings", "[health]") {
    Child daemon({});
    daemon.with_folders().start();
    const std::string url = daemon.url();
    const std::string port = url.substr(url.rfind(':') + 1);
    const auto ask = [&](std::vector<std::string> settings) {
        settings.insert(settings.begin(), "--health");
        Child asking(std::move(settings));
        asking.start();
        const int code = asking.wait();
        return std::pair(code, asking.text("err"));
    };
    CHECK(ask({"--port=" + port}) == std::pair(0, std::string()));
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
    const auto [code, why] = ask({"--port=" + port});
    CHECK(code == 1);
    CHECK(std::ranges::count(why, '\n') == 1);
    CHECK_THAT(why, Catch::Contains("cannot be reached"));
    // A container's keeper takes no other code.
    CHECK(ask({"--port=x"}).first == 1);
}
