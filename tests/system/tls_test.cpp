// TLS in the real daemon, seen by curl and by shopctl.
#include <csignal>

#include "support/certificate.hpp"
#include "support/running_shop.hpp"

using namespace shop;
using test::CertificateFiles;
using test::Outcome;

namespace {

// curl trusts nothing but `authority`; what it says of the certificate is in Outcome::err.
Outcome curl(const std::string& url, const std::filesystem::path& authority,
             std::vector<std::string> options = {}) {
    options.insert(options.end(), {"--silent", "--show-error", "--verbose", "--max-time", "10",
                                   "--cacert", authority, url});
    return test::run("/usr/bin/curl", {std::move(options)});
}

struct SecureDaemon {
    test::TempFolder folder;
    CertificateFiles files =
        test::make_certificate(folder.path(), "first", "DNS:localhost,IP:127.0.0.1");
    std::string port = std::to_string(test::free_port_base());
    std::string url = "https://localhost:" + port;
    test::Process daemon{
        test::binary("shop-productd"),
        {{"--port", port, "--data-dir", folder.path() / "store", "--keys-dir",
          folder.path() / "keys", "--tls-certificate", files.certificate, "--tls-key", files.key}}};

    SecureDaemon() {
        REQUIRE(test::eventually(
            [&] { return curl(url + "/readyz", files.certificate).exit_code == 0; }));
    }
};

}  // namespace

TEST_CASE("TLS: curl reads the catalogue with TLS 1.2 and 1.3, compressed, and nothing older") {
    const SecureDaemon secure;
    const auto get = [&](std::vector<std::string> options) {
        return curl(secure.url + "/openapi.json", secure.files.certificate, std::move(options));
    };
    const auto newest = get({"--tlsv1.3"});
    CHECK(newest.exit_code == 0);
    CHECK_THAT(newest.err, Catch::Contains("TLSv1.3") && Catch::Contains("accepted http/1.1"));
    const auto older = get({"--tls-max", "1.2"});
    CHECK(older.out == newest.out);
    CHECK_THAT(older.err, Catch::Contains("TLSv1.2"));
    const auto coded = get({"--compressed"});
    CHECK(coded.out == newest.out);
    CHECK_THAT(coded.err, Catch::Contains("content-encoding: gzip"));
    CHECK(get({"--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0"}).exit_code == 35);
    CHECK(curl("http://localhost:" + secure.port + "/", secure.files.certificate).out ==
          "This port speaks TLS: use https:// to reach it.\n");
}

TEST_CASE("TLS: SIGHUP takes the new certificate, and a bad one leaves the old in use") {
    const SecureDaemon secure;
    const auto trusted = [&](const CertificateFiles& files) {
        return curl(secure.url + "/readyz", files.certificate).exit_code == 0;
    };
    const auto fresh =
        test::make_certificate(secure.folder.path(), "second", "DNS:localhost,IP:127.0.0.1");
    CHECK_FALSE(trusted(fresh));
    const auto old = secure.folder.path() / "old.crt";
    std::filesystem::copy_file(secure.files.certificate, old);
    std::filesystem::copy_file(fresh.key, secure.files.key,
                               std::filesystem::copy_options::overwrite_existing);
    // The key has come, its certificate not yet: they do not belong together.
    secure.daemon.signal(SIGHUP);
    for (int i = 0; i < 10; ++i) CHECK(trusted({old, {}}));
    std::filesystem::copy_file(fresh.certificate, secure.files.certificate,
                               std::filesystem::copy_options::overwrite_existing);
    secure.daemon.signal(SIGHUP);
    CHECK(test::eventually([&] { return trusted(fresh); }));
    CHECK_FALSE(trusted({old, {}}));
}

TEST_CASE("TLS: shopctl asks an https:// shop, and says what is wrong with its certificate") {
    const SecureDaemon secure;
    const auto ask = [&](const std::string& authority) {
        return test::run(test::binary("shopctl"),
                         {{"product", "list", "-o", "json"},
                          {{"SHOPCTL_CONFIG", secure.folder.path() / "config.json"},
                           {"SSL_CERT_FILE", authority}}});
    };
    const auto set = test::run(test::binary("shopctl"),
                               {{"context", "set", "secure", "--users-url", secure.url,
                                 "--products-url", secure.url, "--orders-url", secure.url},
                                {{"SHOPCTL_CONFIG", secure.folder.path() / "config.json"}}});
    REQUIRE(set.exit_code == 0);
    const auto listed = ask(secure.files.certificate);
    CHECK(listed.err.empty());
    CHECK(listed.exit_code == 0);
    CHECK(Json::parse(listed.out).empty());
    const auto strange = ask("");
    CHECK(strange.exit_code == 6);
    CHECK_THAT(strange.err, Catch::Contains("self") && Catch::Contains("SSL_CERT_FILE"));
}

TEST_CASE("TLS: a daemon with half of the files, or with bad ones, does not start and says why") {
    const test::TempFolder folder;
    const auto files = test::make_certificate(folder.path(), "good", "DNS:localhost");
    const auto check = [&](std::vector<std::string> settings) {
        settings.emplace_back("--check-config");
        const auto checked = test::run(test::binary("shop-userd"), {std::move(settings)});
        return std::make_pair(checked.exit_code, checked.err);
    };
    CHECK(check({"--tls-certificate", files.certificate, "--tls-key", files.key}).first == 0);
    const auto half = check({"--tls-certificate", files.certificate});
    CHECK(half.first == 2);
    CHECK_THAT(half.second, Catch::Contains("--tls-key"));
    const auto none = check({"--tls-certificate", files.certificate, "--tls-key", "/none"});
    CHECK(none.first == 2);
    CHECK_THAT(none.second, Catch::Contains("/none"));
}
