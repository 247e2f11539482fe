// Scanners of TLS (Debian's sslscan and testssl.sh) at a real gateway and a real daemon: nothing
// weak is offered, and no hole is known. Nothing but loopback is asked.
#include <iostream>
#include <map>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "http/tls.hpp"
#include "system/gateway_rig.hpp"
#include "system/secure_service.hpp"

using namespace shop;

namespace {

bool is_installed(const char* program) {
    if (std::filesystem::exists(program)) return true;
    std::cout << "scan: skipped: " << program << " is not installed\n";
    return false;
}

// Values of `name` in the elements of that kind: sslscan writes one a line.
std::set<std::string> values(const std::string& xml, const std::string& element,
                             const std::string& with, const std::string& name) {
    std::set<std::string> out;
    for (const auto line : split(xml, '\n')) {
        if (line.find("<" + element + " ") == line.npos || line.find(with) == line.npos) continue;
        const auto at = line.find(" " + name + "=\"");
        const auto from = at + name.size() + 3;
        if (at != line.npos) out.emplace(line.substr(from, line.find('"', from) - from));
    }
    return out;
}

using Names = std::set<std::string>;

// `without`: ciphers of TLS 1.2 that the certificate's key is no use for.
void check_by_sslscan(int port, const std::string& without) {
    const auto scanned =
        test::run("/usr/bin/sslscan",
                  {{"--no-colour", "--ipv4", "--xml=-", "localhost:" + std::to_string(port)}});
    INFO(scanned.out);
    CHECK(scanned.exit_code == 0);
    CHECK(values(scanned.out, "protocol", "enabled=\"1\"", "version") == Names{"1.2", "1.3"});
    Names good = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                  "TLS_CHACHA20_POLY1305_SHA256"};
    for (const auto cipher : split(http::kTls12Ciphers, ':'))
        if (cipher.find(without) == cipher.npos) good.emplace(cipher);
    CHECK(values(scanned.out, "cipher", "", "cipher") == good);
    CHECK(values(scanned.out, "heartbleed", "", "vulnerable") == Names{"0"});
    CHECK(values(scanned.out, "compression", "", "supported").count("1") == 0);
    CHECK(values(scanned.out, "renegotiation", "supported=\"1\"", "secure").count("0") == 0);
    CHECK(values(scanned.out, "group", "", "name") ==
          Names{"secp256r1 (NIST P-256)", "secp384r1 (NIST P-384)", "x25519"});
}

// Findings that belong to a certificate of a test, signed by itself for a month, and to no shop's;
// and what testssl.sh can't look at.
const std::map<std::string, std::string> kAllowed = {
    {"engine_problem", "of the OpenSSL that it runs here, which lacks ciphers that we do not take"},
    {"cert_trust", "its name is localhost, which no authority vouches for"},
    {"cert_chain_of_trust", "it is signed by itself"},
    {"cert_expirationStatus", "it holds for 30 days"},
    {"cert_notAfter", "it holds for 30 days"},
    {"cert_revocation", "nobody could revoke it"},
    {"cert_crlDistributionPoints", "nobody could revoke it"},
    {"cert_ocspURL", "nobody could revoke it"},
    {"DNS_CAArecord", "localhost has no records"},
    {"certificate_transparency", "no authority has issued it"},
    {"sessionresumption_ticket", "there are no tickets, which testssl.sh takes for no connection"},
};

// What testssl.sh finds that is LOW or worse, or that it could not find out.
std::string troubles(const Json& findings) {
    std::string out;
    for (const Json& one : findings) {
        const std::string severity = one.at("severity"), id = one.at("id");
        const bool fine = severity == "OK" || severity == "INFO" || severity == "DEBUG";
        if (!fine && !kAllowed.contains(id))
            out += id + " " + severity + ": " + one.at("finding").get<std::string>() + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("scan: sslscan finds strong protocols, ciphers and curves alone at the gateway") {
    if (!is_installed("/usr/bin/sslscan")) return;
    const std::string nobody = "http://127.0.0.1:" + std::to_string(test::free_port_base());
    const test::Gateway gateway({nobody}, {nobody}, {nobody});
    check_by_sslscan(gateway.port, "RSA");
}

TEST_CASE("scan: sslscan finds the same at a daemon, whose key is RSA's here") {
    if (!is_installed("/usr/bin/sslscan")) return;
    const test::TempFolder folder;
    const test::CertificateFiles files{folder.path() / "rsa.crt", folder.path() / "rsa.key"};
    const std::string command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext "
        "subjectAltName=DNS:localhost -out " +
        files.certificate.string() + " -keyout " + files.key.string() + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
    std::filesystem::permissions(files.key, std::filesystem::perms(0600));
    const test::SecureService productd("productd", files, folder.path() / "keys");
    REQUIRE(productd.ready(files));
    check_by_sslscan(productd.port(), "ECDSA");
}

// Protocols and ciphers are sslscan's above, and holes that need an old one (ROBOT, POODLE, BEAST,
// SWEET32, …) with them; with SHOP_FULL_SCAN testssl.sh looks at all of these too, and at the
// certificate, which takes minutes.
TEST_CASE("scan: testssl.sh knows no hole of the gateway") {
    if (!is_installed("/usr/bin/testssl")) return;
    const std::string nobody = "http://127.0.0.1:" + std::to_string(test::free_port_base());
    const test::Gateway gateway(
        {nobody}, {nobody}, {nobody},
        {"--address-connections", "100000", "--address-requests", "100000"});
    const test::TempFolder folder;
    const auto json = folder.path() / "findings.json";
    const bool full = std::getenv("SHOP_FULL_SCAN") != nullptr;
    std::vector<std::string> words = {
        "--ip",    "127.0.0.1", "--nodns", "none",     "--warnings",          "off",
        "--color", "0",         "--quiet", "--add-ca", gateway.certificate(), "-oj",
        json,
    };
    for (const char* more : full
                                ? std::vector{"--protocols", "--server-preference", "--std", "--fs",
                                              "--server-defaults", "--vulnerable"}
                                : std::vector{"--heartbleed", "--ccs-injection", "--ticketbleed",
                                              "--renegotiation", "--compression", "--tls-fallback"})
        words.emplace_back(more);
    words.push_back(gateway.url());
    const auto scanned =
        test::run("/usr/bin/testssl", {.arguments = words, .limit = std::chrono::seconds(600)});
    INFO(scanned.out << scanned.err);
    const Json findings = Json::parse(read_file(json).value_or(""), nullptr, false);
    REQUIRE(findings.is_array());
    CHECK(troubles(findings) == "");
    std::set<std::string> asked;
    for (const Json& one : findings) asked.insert(one.at("id").get<std::string>());
    for (const char* id : {"heartbleed", "CCS", "ticketbleed", "secure_renego",
                           "secure_client_renego", "CRIME_TLS", "fallback_SCSV"})
        CHECK(asked.contains(id));
}
