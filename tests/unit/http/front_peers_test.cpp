// Who may come over a Unix socket, and whose X-Forwarded-For is believed.
#include <sys/stat.h>

#include "http/forwarded.hpp"
#include "http/tls.hpp"
#include "support/certificate.hpp"
#include "support/other_user.hpp"
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;
using shop::test::ask_as;
using shop::test::kNobody;
using shop::test::make_certificate;
using shop::test::Reached;

namespace {

Response tell_peer(Request& request) {
    Response response;
    response.body = request.peer.address;
    return response;
}

// A front on a Unix socket that every user of the machine can reach.
struct OpenSocket {
    TempFolder folder;
    std::filesystem::path path = folder.path() / "shop.sock";
    std::atomic<unsigned> stranger{0};
    std::atomic<int> said{0};
    Front front;

    explicit OpenSocket(FrontOptions options = {}, bool passed = false)
        : front(telling(std::move(options)), tell_peer, refusal, [](std::string_view) {}) {
        ::chmod(folder.path().c_str(), 0755);
        if (passed)
            REQUIRE(front.listen_fd(listening()));
        else
            REQUIRE(front.listen_unix(path, 0666));
        REQUIRE(front.start());
    }
    FrontOptions telling(FrontOptions options) {
        options.on_stranger = [this](unsigned uid) {
            stranger = uid;
            ++said;
        };
        return options;
    }
    // As a service manager would open it.
    int listening() const {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        path.string().copy(at.sun_path, sizeof at.sun_path - 1);
        REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(fd, 16) == 0);
        ::chmod(path.c_str(), 0666);
        return fd;
    }
};

// What the front takes for the client's address.
std::string address_for(Raw raw, std::string_view fields) {
    REQUIRE(raw.send(get("/", fields)));
    return raw.response().body;
}

}  // namespace

TEST_CASE(
    "front: a process of another user is closed at once on a Unix socket, passed or our own") {
    if (!shop::test::can_be_another_user("front: users of a Unix socket")) return;
    const OpenSocket socket({}, GENERATE(false, true));
    CHECK(ask_as(kNobody, socket.path) == Reached::closed);
    CHECK(ask_as(::geteuid(), socket.path) == Reached::answer);
    CHECK(eventually([&] { return socket.said == 1; }));
    CHECK(socket.stranger == kNobody);
    const auto stats = socket.front.stats();
    CHECK(stats.rejected_for(Reject::user) == 1);
    CHECK(stats.accepted == 1);
    CHECK(stats.requests == 1);
}

TEST_CASE("front: a user who is named may come over a Unix socket, and strangers are said seldom") {
    if (!shop::test::can_be_another_user("front: named users of a Unix socket")) return;
    const OpenSocket socket({.socket_uids = {0, kNobody}});
    CHECK(ask_as(kNobody, socket.path) == Reached::answer);
    CHECK(socket.said == 0);
    for (int i = 0; i < 5; ++i) CHECK(ask_as(kNobody - 1, socket.path) == Reached::closed);
    CHECK(eventually([&] { return socket.front.stats().rejected_for(Reject::user) == 5; }));
    CHECK(socket.said >= 1);
}

TEST_CASE("forwarded_client: is the last address of the field, written in one way") {
    const auto client = [](std::vector<std::string> values) {
        Headers headers;
        for (auto& value : values) headers.add("x-forwarded-for", std::move(value));
        return forwarded_client(headers).value_or("none");
    };
    CHECK(client({}) == "none");
    CHECK(client({"203.0.113.7"}) == "203.0.113.7");
    CHECK(client({"6.6.6.6, 7.7.7.7, 203.0.113.7"}) == "203.0.113.7");
    CHECK(client({"6.6.6.6", "7.7.7.7,203.0.113.7"}) == "203.0.113.7");
    CHECK(client({"2001:DB8:0::1"}) == "2001:db8::1");
    CHECK(client({"::ffff:203.0.113.7"}) == "203.0.113.7");
    for (const char* none : {"", "203.0.113.7,", "unknown", "unix", "203.0.113.7:80", "[::1]"})
        CHECK(client({none}) == "none");
}

TEST_CASE("front: X-Forwarded-For is believed over a Unix socket, for each request anew") {
    const OpenSocket socket;
    Raw raw(socket.path);
    const auto ask = [&](std::string_view fields) {
        REQUIRE(raw.send(get("/", fields)));
        return raw.response().body;
    };
    CHECK(ask("X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n") == "203.0.113.7");
    CHECK(ask("") == "unix");
    CHECK(ask("X-Forwarded-For: 203.0.113.8\r\n") == "203.0.113.8");
    CHECK(ask("X-Forwarded-For: nonsense\r\n") == "unix");
}

TEST_CASE("front: X-Forwarded-For is ignored over TCP, but from an address that is named") {
    constexpr std::string_view kFields = "X-Forwarded-For: 203.0.113.7\r\n";
    const Server plain({}, tell_peer);
    CHECK(address_for(Raw(plain.port()), kFields) == "127.0.0.1");
    const Server trusting({.trusted_proxies = {"127.0.0.2"}}, tell_peer);
    CHECK(address_for(Raw(trusting.port()), kFields) == "127.0.0.1");
    const Server behind({.trusted_proxies = {"127.0.0.1"}}, tell_peer);
    CHECK(address_for(Raw(behind.port()), kFields) == "203.0.113.7");
    CHECK(address_for(Raw(behind.port()), "") == "127.0.0.1");
}

TEST_CASE("TLS: with authorities, a client needs a certificate of theirs, and is believed then") {
    const TempFolder folder;
    const auto authority = make_certificate(folder.path(), "authority", "DNS:authority");
    const auto foreign = make_certificate(folder.path(), "foreign", "DNS:foreign");
    const auto ours = make_certificate(folder.path(), "ours", "IP:127.0.0.1", &authority);
    const auto theirs = make_certificate(folder.path(), "theirs", "DNS:theirs", &foreign);
    FrontOptions options{.connections_per_address_max = 1};
    auto tls = TlsServer::load({ours.certificate, ours.key, authority.certificate});
    REQUIRE(tls);
    options.tls = *tls;
    const Server server(options, tell_peer);
    const auto ask = [&](TlsFiles files) {
        auto client = TlsClient::make(std::move(files));
        REQUIRE(client);
        Request request = request_of("GET", "/");
        request.headers.add("x-forwarded-for", "203.0.113.7");
        return client_of("https://127.0.0.1:" + std::to_string(server.port()), {.tls = *client})
            ->send(request, true);
    };
    const auto good = ask({ours.certificate, ours.key, authority.certificate});
    REQUIRE(good);
    CHECK(good->body == "203.0.113.7");
    for (const TlsFiles& bad : {TlsFiles{{}, {}, authority.certificate},
                                TlsFiles{theirs.certificate, theirs.key, authority.certificate}}) {
        const auto refused = ask(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Code::unavailable);
        CHECK_THAT(refused.error().message, Catch::Contains("tls_client_ca"));
    }
    CHECK(server.front.stats().requests == 1);
    // A client that trusts others alone takes no server of this authority for ours.
    const auto astray = ask({ours.certificate, ours.key, foreign.certificate});
    REQUIRE_FALSE(astray);
    CHECK_THAT(astray.error().message, Catch::Contains("is not trusted"));
}
