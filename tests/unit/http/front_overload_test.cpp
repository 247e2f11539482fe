// What the front does when there is too much of everything: vital requests, one greedy address,
// many large bodies, answers that nobody reads.
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "http/address_limit.hpp"
#include "http/tls.hpp"
#include "support/certificate.hpp"
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

namespace {

FrontOptions with_vital_health(std::size_t connections_max) {
    FrontOptions options;
    options.workers = 1;
    options.queue_max = 1;
    options.connections_max = connections_max;
    options.vital = [](const Request& request) { return request.target == "/livez"; };
    return options;
}

Front::Handler waiting(Gate& gate) {
    return [&gate](Request& request) {
        if (request.target == "/wait") gate.wait();
        return echo(request);
    };
}

Peer from(const std::string& address) { return {address, {}}; }

// In a thread of its own, which has a network of its own: only lo, with an address that is not
// loopback. What went wrong there; empty where nothing did.
std::string in_network_with_address(const std::string& address,
                                    const std::function<std::string()>& job) {
    std::string wrong;
    std::thread([&] {
        if (::unshare(CLONE_NEWNET) != 0) {
            wrong = "unshare";
            return;
        }
        const std::string command = "ip link set lo up && ip address add " + address + "/32 dev lo";
        wrong = std::system(command.c_str()) == 0 ? job() : "ip";
    }).join();
    return wrong;
}

}  // namespace

TEST_CASE("Front: with every worker busy and the queue full, vital requests are still answered") {
    Gate gate;
    Server server(with_vital_health(100), waiting(gate));
    Raw busy(server.port());
    REQUIRE(busy.send(get("/wait")));
    REQUIRE(gate.reached(1));
    Raw queued(server.port());
    REQUIRE(queued.send(get("/queued")));
    REQUIRE(eventually([&] { return server.front.stats().queued == 1; }));
    Raw probe(server.port());
    for (int i = 0; i < 3; ++i) {
        REQUIRE(probe.send(get("/livez")));
        CHECK(probe.response().body == "GET /livez ");
    }
    // What follows a vital request on its connection has no better right than others.
    REQUIRE(probe.send(get("/livez") + get("/other")));
    CHECK(probe.response().body == "GET /livez ");
    CHECK(probe.response().status == 503);
    CHECK(server.front.stats().rejected_for(Reject::queue) == 1);
    gate.open();
    CHECK(queued.response().body == "GET /queued ");
    CHECK(busy.response().body == "GET /wait ");
}

TEST_CASE("Front: a request that has waited too long is refused, and its connection goes on") {
    Gate gate;
    FrontOptions options = with_vital_health(100);
    options.queue_max = 10;
    options.queue_time_max = 50ms;
    Server server(options, waiting(gate));
    Raw busy(server.port());
    REQUIRE(busy.send(get("/wait")));
    REQUIRE(gate.reached(1));
    Raw late(server.port());
    REQUIRE(late.send(get("/late") + get("/next")));
    REQUIRE(eventually([&] { return server.front.stats().queued == 1; }));
    ::usleep(60'000);
    gate.open();
    const Response refused = late.response();
    CHECK(refused.status == 503);
    CHECK(refused.headers.get("retry-after") == "1");
    CHECK(refused.headers.get("connection") == "keep-alive");
    CHECK(late.response().body == "GET /next ");
    CHECK(busy.response().body == "GET /wait ");
    CHECK(server.front.stats().rejected_for(Reject::queue) == 1);
    CHECK(server.front.stats().requests == 2);
}

TEST_CASE("Front: beyond the limit of connections a vital request is answered, another gets 503") {
    Server server(with_vital_health(1));
    Raw only(server.port());
    REQUIRE(eventually([&] { return server.front.stats().connections == 1; }));
    Raw probe(server.port());
    REQUIRE(probe.send(get("/livez")));
    CHECK(probe.response().body == "GET /livez ");
    CHECK(probe.all().empty());
    Raw other(server.port());
    REQUIRE(other.send(get("/")));
    const Response refused = other.response();
    CHECK(refused.status == 503);
    CHECK(refused.headers.get("retry-after") == "1");
    CHECK(server.front.stats().rejected_for(Reject::connections) == 1);
    REQUIRE(only.send(get("/")));
    CHECK(only.response().status == 200);
}

TEST_CASE("Front: one address cannot have more connections than its limit") {
    FrontOptions options;
    options.connections_per_address_max = 2;
    const std::string wrong = in_network_with_address("10.1.2.3", [&]() -> std::string {
        Server server(options);
        Raw loopback[] = {Raw(server.port()), Raw(server.port()), Raw(server.port())};
        for (auto& client : loopback) {
            if (!client.send(get("/")) || client.response().status != 200) return "loopback";
        }
        Front front(options, echo, refusal, [](std::string_view) {});
        if (!front.listen_tcp("10.1.2.3", 0) || !front.start()) return "listen";
        const auto status = [](Raw& client) {
            client.send(get("/"));
            return client.response().status;
        };
        Raw first("10.1.2.3", front.port());
        auto second = std::make_unique<Raw>("10.1.2.3", front.port());
        if (status(first) != 200 || status(*second) != 200) return "within the limit";
        Raw third("10.1.2.3", front.port());
        const Response refused = third.response();
        if (refused.status != 429 || refused.headers.get("retry-after") != "1") return "beyond it";
        if (front.stats().rejected_for(Reject::address) != 1) return "the count";
        second.reset();
        if (!eventually([&] { return front.stats().connections == 1; })) return "the end of one";
        Raw fourth("10.1.2.3", front.port());
        return status(fourth) == 200 ? "" : "its place";
    });
    CHECK(wrong == "");
}

TEST_CASE("Front: proxies that are believed are not counted by the limit of an address") {
    const TempFolder folder;
    const auto files = shop::test::make_certificate(folder.path(), "ours", "IP:10.1.2.3");
    const TlsFiles both{files.certificate, files.key, files.certificate};
    const std::string wrong = in_network_with_address("10.1.2.3", [&]() -> std::string {
        FrontOptions named{.connections_per_address_max = 1, .trusted_proxies = {"10.1.2.3"}};
        Front front(named, echo, refusal, [](std::string_view) {});
        if (!front.listen_tcp("10.1.2.3", 0) || !front.start()) return "listen";
        Raw clients[] = {Raw("10.1.2.3", front.port()), Raw("10.1.2.3", front.port())};
        for (auto& client : clients)
            if (!client.send(get("/")) || client.response().status != 200) return "by its address";
        // One that shows a certificate is counted until it has.
        FrontOptions certified{.connections_per_address_max = 1, .tls = *TlsServer::load(both)};
        Front secure(certified, echo, refusal, [](std::string_view) {});
        if (!secure.listen_tcp("10.1.2.3", 0) || !secure.start()) return "listen with TLS";
        std::vector<std::unique_ptr<Client>> kept;
        for (int i = 0; i < 3; ++i) {
            kept.push_back(*Client::make("https://10.1.2.3:" + std::to_string(secure.port()),
                                         {.tls = *TlsClient::make(both)}));
            const auto answer = kept.back()->send(request_of("GET", "/"), true);
            if (!answer || answer->status != 200) return "by its certificate";
        }
        return secure.stats().connections == 3 ? "" : "the connections";
    });
    CHECK(wrong == "");
}

TEST_CASE("AddressLimit: counts IPv4 addresses and IPv6 networks of 64 bits, and no loopback") {
    AddressLimit limit(1);
    CHECK(limit.enter(from("192.0.2.1")));
    CHECK_FALSE(limit.enter(from("192.0.2.1")));
    CHECK(limit.enter(from("192.0.2.2")));
    limit.leave(from("192.0.2.1"));
    CHECK(limit.enter(from("192.0.2.1")));
    CHECK(limit.enter(from("2001:db8::1")));
    CHECK_FALSE(limit.enter(from("2001:db8::ffff:2")));
    CHECK(limit.enter(from("2001:db8:0:1::1")));
    CHECK(limit.enter(from("::ffff:192.0.2.3")));
    CHECK(limit.enter(from("::ffff:192.0.2.4")));
    for (int i = 0; i < 3; ++i) {
        CHECK(limit.enter(from("127.0.0.1")));
        CHECK(limit.enter(from("::1")));
        CHECK(limit.enter(from("unix")));
    }
    AddressLimit none(0);
    for (int i = 0; i < 3; ++i) CHECK(none.enter(from("192.0.2.1")));
}

TEST_CASE("Front: where bodies are too much together, the one that stands still is refused") {
    FrontOptions options;
    options.buffered_bytes_max = 400'000;  // one buffer of 256 KiB fits, two do not
    Server server(options);
    const std::string begun = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 160000\r\n\r\n";
    Raw first(server.port());
    REQUIRE(first.send(begun + std::string(150'000, 'x')));
    Raw second(server.port());
    REQUIRE(second.send(begun + std::string(150'000, 'y')));
    const Response refused = first.response();
    CHECK(refused.status == 503);
    CHECK(refused.headers.get("retry-after") == "1");
    CHECK(server.front.stats().rejected_for(Reject::memory) == 1);
    REQUIRE(second.send(std::string(10'000, 'y')));
    CHECK(second.response().status == 200);
    Raw third(server.port());
    REQUIRE(third.send(begun + std::string(160'000, 'z')));
    CHECK(third.response().status == 200);
}

TEST_CASE("Front: an answer that nobody reads is dropped where it is too much to hold") {
    FrontOptions options;
    options.buffered_bytes_max = 1'000'000;
    Server server(options, large_answer);
    Raw client(server.port());
    REQUIRE(client.send(get("/")));
    CHECK(eventually([&] { return server.front.stats().rejected_for(Reject::memory) == 1; }));
    CHECK(eventually([&] { return server.front.stats().connections == 0; }));
}

TEST_CASE("Front: a client that reads is not cut for those that do not") {
    FrontOptions options;
    options.buffered_bytes_max = 40'000'000;
    Server server(options, large_answer);
    std::vector<Raw> unread;
    for (int i = 0; i < 2; ++i) {
        unread.emplace_back(server.port());
        REQUIRE(unread.back().send(get("/")));
    }
    for (const Raw& client : unread) {
        char first = 0;
        REQUIRE(::recv(client.fd(), &first, 1, 0) == 1);
    }
    // The third is too much: one of the two others goes, and not the one that comes to be read.
    Raw reader(server.port());
    REQUIRE(reader.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    REQUIRE(eventually([&] { return server.front.stats().rejected_for(Reject::memory) == 1; }));
    CHECK(reader.all().ends_with(std::string(16'000'000, 'x')));
}
