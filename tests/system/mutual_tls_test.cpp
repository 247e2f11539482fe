// Mutual TLS between two real daemons, and between a real HAProxy and one.
#include "system/gateway_rig.hpp"
#include "system/secure_service.hpp"

using namespace shop;
using test::CertificateFiles;

namespace {

// What orderd says when a customer puts a product into the cart that nobody has: 404 where productd
// was asked, 503 where it could not be.
int ask_for_nothing(const test::SecureService& orderd, const CertificateFiles& authority) {
    REQUIRE(auth::ensure_keys(orderd.keys_dir(), "userd"));
    const auto signer =
        auth::test::must(auth::Signer::open(orderd.keys_dir(), "userd", system_clock()));
    auth::Principal ada;
    ada.user_id = auth::test::kUserId;
    ada.number = 7;
    ada.username = "ada";
    ada.role = "customer";
    ada.session_id = "ses_1";
    ada.expires_at = system_clock().now() + std::chrono::minutes(10);
    const std::string token = auth::test::must(signer->sign(ada));
    const auto answer = orderd.get(
        "/v1/cart/lines", authority, nullptr,
        {"--header", "Authorization: Bearer " + token, "--header", "Content-Type: application/json",
         "--data", R"({"product":"none","quantity":1})", "--output", "/dev/null", "--write-out",
         "%{http_code}"});
    return std::stoi(answer.out);
}

// productd's line in orderd's health.
Json productd_check(const test::SecureService& orderd, const CertificateFiles& authority) {
    const Json health =
        Json::parse(orderd.get("/readyz?verbose=true", authority).out, nullptr, false);
    if (!health.is_object()) return {};
    for (const Json& check : health["checks"])
        if (check["name"] == "productd") return check;
    return {};
}

}  // namespace

TEST_CASE("mutual TLS: a daemon answers nobody without a certificate of its authority") {
    const test::TempFolder folder;
    const test::Certificates files(folder.path());
    test::SecureService productd("productd", files.service, folder.path() / "keys",
                                 {"--tls-client-ca", files.authority.certificate});
    REQUIRE(productd.ready(files.authority, &files.caller));
    for (const char* target : {"/readyz", "/livez", "/v1/products"}) {
        CHECK(productd.get(target, files.authority, &files.caller).exit_code == 0);
        CHECK(productd.get(target, files.authority).exit_code != 0);
        CHECK(productd.get(target, files.authority, &files.stranger).exit_code != 0);
        CHECK(productd.get(target, files.authority, nullptr, {"--tls-max", "1.2"}).exit_code != 0);
    }
    // SIGHUP reads the authorities again.
    std::filesystem::copy_file(files.foreign.certificate, files.authority.certificate,
                               std::filesystem::copy_options::overwrite_existing);
    productd.reload();
    CHECK(test::eventually([&] {
        return productd.get("/livez", files.authority, &files.stranger, {"--insecure"}).exit_code ==
               0;
    }));
    CHECK(productd.get("/livez", files.authority, &files.caller, {"--insecure"}).exit_code != 0);
}

TEST_CASE("mutual TLS: orderd reaches productd with its certificate, and not without or another") {
    const test::TempFolder folder;
    const test::Certificates files(folder.path());
    const test::SecureService productd("productd", files.service, folder.path() / "keys",
                                       {"--tls-client-ca", files.authority.certificate});
    REQUIRE(productd.ready(files.authority, &files.caller));
    const auto orderd_with = [&](const CertificateFiles& own, const CertificateFiles& trusted) {
        return std::make_unique<test::SecureService>(
            "orderd", own, folder.path() / "keys",
            std::vector<std::string>{"--products-url", productd.url(), "--tls-ca",
                                     trusted.certificate});
    };
    // Its own certificate is for localhost by its own authority in each case, so that we reach it.
    const auto foreign_service =
        test::make_certificate(folder.path(), "foreign-service", "DNS:localhost", &files.foreign);
    const auto good = orderd_with(files.service, files.authority);
    REQUIRE(good->ready(files.authority));
    CHECK(productd_check(*good, files.authority)["ok"] == true);
    CHECK(ask_for_nothing(*good, files.authority) == 404);
    const auto strange = orderd_with(foreign_service, files.authority);
    REQUIRE(strange->ready(files.foreign));
    CHECK(productd_check(*strange, files.foreign)["ok"] == false);
    CHECK(ask_for_nothing(*strange, files.foreign) == 503);
    const auto astray = orderd_with(files.service, files.foreign);
    REQUIRE(astray->ready(files.authority));
    CHECK(productd_check(*astray, files.authority)["ok"] == false);
}

TEST_CASE("mutual TLS: files that do not fit are said before the daemon starts") {
    const test::TempFolder folder;
    const auto files = test::make_certificate(folder.path(), "good", "DNS:localhost");
    const auto check = [&](std::vector<std::string> settings) {
        settings.emplace_back("--check-config");
        const auto checked = test::run(test::binary("shop-orderd"), {std::move(settings)});
        return std::to_string(checked.exit_code) + " " + checked.err;
    };
    const std::vector<std::string> own = {"--tls-certificate", files.certificate, "--tls-key",
                                          files.key};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.end(), own.begin(), own.end());
        return more;
    };
    CHECK_THAT(check(with({"--tls-client-ca", files.certificate})), Catch::StartsWith("0"));
    CHECK_THAT(check({"--tls-client-ca", files.certificate}),
               Catch::StartsWith("2") && Catch::Contains("--tls-certificate"));
    CHECK_THAT(check(with({"--tls-client-ca", "/none.crt"})),
               Catch::StartsWith("2") && Catch::Contains("/none.crt"));
    CHECK_THAT(check({"--tls-ca", files.key}),
               Catch::StartsWith("2") && Catch::Contains(files.key.string()));
    CHECK_THAT(check({"--trusted-proxies", "10.0.0.1,gateway"}),
               Catch::StartsWith("2") && Catch::Contains("gateway"));
    CHECK_THAT(check({"--socket-users", "root,no-such-user"}),
               Catch::StartsWith("2") && Catch::Contains("no-such-user"));
    CHECK_THAT(check({"--trusted-proxies", "10.0.0.1, fd00::1", "--socket-users", "root, 65534"}),
               Catch::StartsWith("0"));
}

TEST_CASE("mutual TLS: HAProxy shows its certificate, in health checks too, and names its client") {
    const test::TempFolder folder;
    const test::Certificates files(folder.path());
    test::SecureService productd("productd", files.service, folder.path() / "keys",
                                 {"--tls-client-ca", files.authority.certificate});
    REQUIRE(productd.ready(files.authority, &files.caller));
    const std::string nobody = "http://127.0.0.1:" + std::to_string(test::free_port_base());
    const auto gateway_with = [&](const CertificateFiles& trusted, const CertificateFiles* shown) {
        std::vector<std::string> options = {"--services-ca", trusted.certificate};
        if (shown != nullptr)
            options.insert(options.end(), {"--services-certificate", shown->certificate});
        return std::make_unique<test::Gateway>(test::Gateway::Urls{nobody},
                                               test::Gateway::Urls{productd.url()},
                                               test::Gateway::Urls{nobody}, options);
    };
    const auto is_down = [](const test::Gateway& gateway) {
        return test::eventually([&] { return gateway.send("GET", "/v1/products").status == 503; });
    };
    CHECK(is_down(*gateway_with(files.authority, nullptr)));
    CHECK(is_down(*gateway_with(files.authority, &files.stranger)));
    CHECK(is_down(*gateway_with(files.foreign, &files.caller)));
    const auto good = gateway_with(files.authority, &files.caller);
    CHECK(good->send("GET", "/v1/products").status == 200);
    CHECK(test::eventually(
        [&] { return good->tell("show stat").find("L7OK") != std::string::npos; }));
    const auto asked = test::run(
        "/usr/bin/curl",
        {{"--silent", "--max-time", "10", "--cacert", good->certificate(), "--interface",
          "127.0.0.2", "--header", "X-Forwarded-For: 6.6.6.6", good->url() + "/v1/products/tea"}});
    CHECK(asked.exit_code == 0);
    const std::string log = productd.end();
    const auto path = log.find("/v1/products/tea");
    REQUIRE(path != std::string::npos);
    const auto line = log.rfind('\n', path) + 1;
    CHECK(Json::parse(log.substr(line, log.find('\n', path) - line))["address"] == "127.0.0.2");
    CHECK_THAT(log, !Catch::Contains("6.6.6.6"));
}
