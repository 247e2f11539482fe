#include "http/tls.hpp"

#include <thread>

#include "base/file.hpp"
#include "support/certificate.hpp"
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;
using shop::test::CertificateFiles;
using shop::test::make_certificate;

namespace {

constexpr const char* kLocal = "DNS:localhost,IP:127.0.0.1";

std::shared_ptr<TlsServer> load(const CertificateFiles& files) {
    auto loaded = TlsServer::load({files.certificate, files.key});
    REQUIRE(loaded);
    return std::move(*loaded);
}

// The authority that clients trust which are made while it lives.
class Trust {
public:
    explicit Trust(const std::filesystem::path& file) {
        ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    }
    ~Trust() { ::unsetenv("SSL_CERT_FILE"); }
    Trust(const Trust&) = delete;
    Trust& operator=(const Trust&) = delete;
};

struct SecureServer {
    TempFolder folder;
    CertificateFiles files;
    std::shared_ptr<TlsServer> tls;
    Server server;

    explicit SecureServer(FrontOptions options = {}, Front::Handler handler = echo,
                          const std::string& names = kLocal)
        : files(make_certificate(folder.path(), "shop", names)),
          tls(load(files)),
          server(with(std::move(options), tls), std::move(handler)) {}

    static FrontOptions with(FrontOptions options, std::shared_ptr<TlsServer> tls) {
        options.tls = std::move(tls);
        return options;
    }
    std::string url(const std::string& host = "127.0.0.1") const {
        return "https://" + host + ":" + std::to_string(server.port());
    }
    // Through `openssl s_client`, another implementation's reading of our handshake: exit code 0
    // where it was made.
    int handshake(const std::string& options) const {
        const std::string command =
            "echo | timeout 10 openssl s_client -verify_return_error -CAfile " +
            files.certificate.string() + " -connect 127.0.0.1:" + std::to_string(server.port()) +
            " " + options + " >/dev/null 2>&1";
        return std::system(command.c_str());
    }
};

}  // namespace

TEST_CASE("TLS: requests, large bodies and large answers come whole on one kept connection") {
    const std::string large(1'000'000, 'b');
    const SecureServer secure;
    const Trust trust(secure.files.certificate);
    const auto client = client_of(secure.url());
    CHECK(client->send(request_of("GET", "/a"), true)->body == "GET /a ");
    const auto answer = client->send(request_of("POST", "/b", large), false);
    REQUIRE(answer);
    CHECK(answer->body == "POST /b " + large);
    CHECK(client_of(secure.url("localhost"))->send(request_of("GET", "/"), true)->status == 200);
    CHECK(secure.server.front.stats().accepted == 2);
}

TEST_CASE("TLS: many clients at once, each with its own answers") {
    const SecureServer secure;
    const Trust trust(secure.files.certificate);
    const auto client = client_of(secure.url());
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const std::string body = std::to_string(t * 1000 + i) + std::string(20'000, 'x');
                const auto answer = client->send(request_of("POST", "/", body), false);
                right += answer && answer->body == "POST / " + body ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(right == 8 * 50);
    CHECK(secure.server.front.stats().accepted <= 8);
}

TEST_CASE("TLS: 1.2 and 1.3 with forward secrecy, nothing older or weaker") {
    const SecureServer secure;
    CHECK(secure.handshake("-tls1_3") == 0);
    CHECK(secure.handshake("-tls1_2") == 0);
    CHECK(secure.handshake("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256") == 0);
    CHECK(secure.handshake("-tls1_2 -alpn h2,http/1.1") == 0);
    CHECK(secure.handshake("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0") != 0);
    CHECK(secure.handshake("-tls1_1 -cipher ALL:@SECLEVEL=0") != 0);
    CHECK(secure.handshake("-tls1 -cipher ALL:@SECLEVEL=0") != 0);
}

TEST_CASE("TLS: a client says whom it does not trust, and why") {
    const SecureServer secure({}, echo, "DNS:localhost");
    const auto stranger = client_of(secure.url("localhost"))->send(request_of("GET", "/"), true);
    REQUIRE_FALSE(stranger);
    CHECK(stranger.error().code == Code::unavailable);
    CHECK_THAT(stranger.error().message,
               Catch::Contains("is not trusted") && Catch::Contains("SSL_CERT_FILE"));
    const Trust trust(secure.files.certificate);
    CHECK(client_of(secure.url("localhost"))->send(request_of("GET", "/"), true));
    const auto other_name = client_of(secure.url())->send(request_of("GET", "/"), true);
    REQUIRE_FALSE(other_name);
    CHECK_THAT(other_name.error().message, Catch::Contains("mismatch"));
    const Server plain;
    const auto no_tls =
        client_of("https://127.0.0.1:" + std::to_string(plain.port()), {.deadline = 1000ms})
            ->send(request_of("GET", "/"), true);
    REQUIRE_FALSE(no_tls);
    CHECK_THAT(no_tls.error().message, Catch::Contains("handshake"));
}

TEST_CASE("TLS: a client that checks nothing reaches a server whose certificate says nothing") {
    const SecureServer secure({}, echo, "DNS:somewhere.example");
    auto tls = TlsClient::make_unchecked({});
    REQUIRE(tls);
    const auto answer = client_of(secure.url(), {.tls = *tls})->send(request_of("GET", "/"), true);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK_FALSE(client_of(secure.url())->send(request_of("GET", "/"), true));
}

TEST_CASE("TLS: whoever speaks HTTP to the port is told to use https") {
    const SecureServer secure;
    Raw raw(secure.server.port());
    REQUIRE(raw.send(get("/")));
    const Response answer = raw.response();
    CHECK(answer.status == 400);
    CHECK(answer.body == "This port speaks TLS: use https:// to reach it.\n");
    CHECK(secure.server.front.stats().requests == 0);
}

TEST_CASE("TLS: a handshake that does not come is a head that comes too slowly") {
    FrontOptions options;
    options.head_deadline = 300ms;
    const SecureServer secure(options);
    Raw silent(secure.server.port());
    Raw begun(secure.server.port());
    REQUIRE(begun.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6)));
    REQUIRE(eventually([&] { return secure.server.front.stats().connections == 2; }));
    CHECK(silent.all().empty());
    CHECK(begun.all().empty());
    CHECK(eventually([&] { return secure.server.front.stats().connections == 0; }));
}

TEST_CASE("TLS: noise instead of a handshake ends the connection alone") {
    const SecureServer secure;
    for (const std::string_view noise : {"\x16\x03\x01\xff\xff", "\x80\x2e\x01\x03\x01", "\r\n"}) {
        Raw raw(secure.server.port());
        REQUIRE(raw.send(std::string(noise) + std::string(70'000, '\xa5')));
        raw.all();
    }
    const Trust trust(secure.files.certificate);
    CHECK(client_of(secure.url())->send(request_of("GET", "/"), true));
}

TEST_CASE(
    "TLS: new connections get the new certificate, old ones go on; a bad one changes nothing") {
    const SecureServer secure;
    const Trust old_trust(secure.files.certificate);
    const auto old_client = client_of(secure.url());
    REQUIRE(old_client->send(request_of("GET", "/"), true));
    make_certificate(secure.folder.path(), "shop", kLocal);
    REQUIRE(secure.tls->reload());
    CHECK(old_client->send(request_of("GET", "/"), true));
    CHECK(secure.server.front.stats().accepted == 1);
    const Trust new_trust(secure.files.certificate);
    CHECK(client_of(secure.url())->send(request_of("GET", "/"), true));
    REQUIRE(write_file(secure.files.certificate, "-----BEGIN nothing", 0600));
    const auto bad = secure.tls->reload();
    REQUIRE_FALSE(bad);
    CHECK_THAT(bad.error().message, Catch::Contains(secure.files.certificate.string()));
    CHECK(old_client->send(request_of("GET", "/"), true));
    CHECK(secure.server.front.stats().accepted == 2);
}

TEST_CASE("TlsServer::load: names the file that is wrong and what to do") {
    const TempFolder folder;
    const auto good = make_certificate(folder.path(), "good", kLocal);
    const auto other = make_certificate(folder.path(), "other", kLocal);
    const auto said = [](const CertificateFiles& files) {
        const auto loaded = TlsServer::load({files.certificate, files.key});
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error().code == Code::invalid_argument);
        return loaded.error().message;
    };
    CHECK_THAT(said({good.certificate, other.key}), Catch::Contains(other.key.string()));
    CHECK_THAT(said({good.certificate, folder.path() / "none"}), Catch::Contains("No such file"));
    CHECK_THAT(said({good.key, good.key}), Catch::Contains("leaf first"));
    std::filesystem::permissions(good.key, std::filesystem::perms(0644));
    CHECK_THAT(said(good), Catch::Contains("chmod o= " + good.key.string()));
    std::filesystem::permissions(good.key, std::filesystem::perms(0640));
    const auto loaded = load(good);
    const auto left = loaded->not_after() - system_clock().now();
    CHECK(left > std::chrono::days(29));
    CHECK(left <= std::chrono::days(30));
}

TEST_CASE("TLS: large answers that are under way come whole through a drain") {
    SecureServer secure({}, large_answer);
    const Trust trust(secure.files.certificate);
    const auto client = client_of(secure.url(), {.deadline = 20s});
    std::atomic<int> whole{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            const auto answer = client->send(request_of("GET", "/"), true);
            whole += answer && answer->body.size() == 16'000'000 ? 1 : 0;
        });
    }
    REQUIRE(eventually([&] { return secure.server.front.stats().requests == 4; }));
    CHECK(secure.server.front.drain(20s));
    for (auto& thread : threads) thread.join();
    CHECK(whole == 4);
}
