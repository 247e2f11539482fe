#include "http/front.hpp"

#include <thread>

#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

TEST_CASE("Front: a kept connection carries many requests, and counts them") {
    Server server;
    Raw client(server.port());
    for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(i);
        REQUIRE(client.send(post("/a?b", body)));
        const Response response = client.response();
        CHECK(response.status == 200);
        CHECK(response.body == "POST /a?b " + body);
        CHECK(response.headers.get("connection") == "keep-alive");
    }
    const FrontStats stats = server.front.stats();
    CHECK(stats.accepted == 1);
    CHECK(stats.requests == 50);
    for (const auto count : stats.rejected) CHECK(count == 0);
    CHECK(stats.connections == 1);
}

TEST_CASE("Front: pipelined requests are answered in order") {
    Server server;
    Raw client(server.port());
    std::string all;
    constexpr int kCount = 2000;
    for (int i = 0; i < kCount; ++i) {
        const std::string target = "/" + std::to_string(i);
        all += i % 3 == 0 ? post(target, "body" + std::to_string(i)) : get(target);
    }
    bool sent = false;
    std::thread sender([&] { sent = client.send(all); });
    int in_order = 0;
    for (; in_order < kCount; ++in_order) {
        const std::string body = in_order % 3 == 0 ? "body" + std::to_string(in_order) : "";
        const std::string method = in_order % 3 == 0 ? "POST" : "GET";
        if (client.response().body != method + " /" + std::to_string(in_order) + " " + body) break;
    }
    sender.join();
    CHECK(sent);
    CHECK(in_order == kCount);
}

TEST_CASE("Front: a request that comes byte by byte is one request") {
    Server server;
    Raw client(server.port());
    for (const char byte : post("/slow", "12345") + get("/next")) {
        REQUIRE(client.send({&byte, 1}));
        ::usleep(200);
    }
    CHECK(client.response().body == "POST /slow 12345");
    CHECK(client.response().body == "GET /next ");
}

TEST_CASE("Front: a body as large as the limit is served, a larger one is refused with 413") {
    FrontOptions options;
    options.body_bytes_max = 300'000;
    Server server(options);
    const std::string largest(options.body_bytes_max, 'x');
    Raw client(server.port());
    REQUIRE(client.send(post("/", largest)));
    CHECK(client.response().body == "POST / " + largest);
    client.send(post("/", largest + "x"));
    CHECK(client.response().status == 413);
    CHECK(client.all().empty());
    CHECK(server.front.stats().rejected_for(Reject::too_large) == 1);
}

TEST_CASE("Front: a refused head gets its one answer, then the connection ends") {
    Server server;
    for (const auto& [status, head] : std::vector<std::pair<int, std::string>>{
             {400, "GET / HTTP/1.1\r\n\r\n"},
             {400, "GET / HTTP/1.1\nHost: x\n\n"},
             {400, "\x16\x03\x01"},
             {411, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
             {414, "GET /" + std::string(20'000, 'a')},
             {431, "GET / HTTP/1.1\r\nX: " + std::string(2'000'000, 'a')},
             {505, "GET / HTTP/3.0\r\n\r\n"}}) {
        INFO(head.substr(0, 100));
        Raw client(server.port());
        client.send(head + get("/smuggled"));
        const Response response = client.response();
        CHECK(response.status == status);
        CHECK(response.headers.get("connection") == "close");
        CHECK(client.all().empty());
    }
    CHECK(server.front.stats().requests == 0);
}

TEST_CASE("Front: a refused client sees the end at once, while the front still takes its input") {
    Server server;
    Raw client(server.port());
    REQUIRE(client.send("GET / HTTP/1.1\r\n\r\n"));
    CHECK(client.all().starts_with("HTTP/1.1 400 "));
    CHECK(server.front.stats().connections == 1);
    CHECK(client.send(std::string(100'000, 'x')));
    client.close();
    CHECK(eventually([&] { return server.front.stats().connections == 0; }));
}

TEST_CASE("Front: HEAD is answered with the length of what GET would send, and nothing more") {
    Server server;
    Raw client(server.port());
    REQUIRE(client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/b")));
    const Response head = client.response(true);
    CHECK(head.status == 200);
    CHECK(head.headers.get("content-length") == "8");
    CHECK(client.response().body == "GET /b ");
}

TEST_CASE("Front: a GET with a body yields one response") {
    Server server;
    Raw client(server.port());
    REQUIRE(
        client.send("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\nGET /b HTTP/1.1\n"));
    REQUIRE(client.send(get("/c")));
    CHECK(client.response().status == 200);
    CHECK(client.response().body == "GET /c ");
}

TEST_CASE("Front: HTTP/1.0 ends the connection unless asked to keep it") {
    Server server;
    Raw plain(server.port());
    REQUIRE(plain.send("GET /a HTTP/1.0\r\n\r\n"));
    CHECK(plain.all().ends_with("\r\n\r\nGET /a "));
    Raw kept(server.port());
    REQUIRE(kept.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    CHECK(kept.response().headers.get("connection") == "keep-alive");
    REQUIRE(kept.send("GET /b HTTP/1.0\r\n\r\n"));
    CHECK(kept.response().body == "GET /b ");
}

TEST_CASE("Front: Connection: close, from either side, ends the connection after the answer") {
    Server server({}, [](Request& request) {
        Response response = echo(request);
        response.close = request.target == "/end";
        return response;
    });
    Raw asking(server.port());
    REQUIRE(asking.send(get("/a", "Connection: close\r\n") + get("/b")));
    CHECK(asking.response().body == "GET /a ");
    CHECK(asking.all().empty());
    Raw told(server.port());
    REQUIRE(told.send(get("/end")));
    CHECK(told.response().headers.get("connection") == "close");
    CHECK(told.all().empty());
}

TEST_CASE("Front: a client that has ended its sending still gets the answer") {
    Server server;
    Raw client(server.port());
    REQUIRE(client.send(post("/a", "b")));
    client.end_sending();
    CHECK(client.all().ends_with("POST /a b"));
}

TEST_CASE("Front: Expect: 100-continue is told to go on once its head is accepted") {
    Server server;
    Raw client(server.port());
    const std::string fields = "Host: x\r\nExpect: 100-continue\r\n";
    REQUIRE(client.send("POST /a HTTP/1.1\r\n" + fields + "Content-Length: 2\r\n\r\n"));
    std::string interim(25, '\0');
    REQUIRE(::recv(client.fd(), interim.data(), interim.size(), MSG_WAITALL) == 25);
    CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
    REQUIRE(client.send("ok"));
    CHECK(client.response().body == "POST /a ok");
    REQUIRE(client.send("POST /a HTTP/1.1\r\n" + fields + "Content-Length: 99999999\r\n\r\n"));
    CHECK(client.all().starts_with("HTTP/1.1 413 "));
}

TEST_CASE(
    "Front: a handler that throws yields 500 without its words, and the next request goes on") {
    Server server({}, [](Request& request) -> Response {
        if (request.target == "/throw") throw std::runtime_error("secret");
        if (request.target == "/odd") throw 5;
        return echo(request);
    });
    Raw client(server.port());
    REQUIRE(client.send(get("/throw") + get("/odd") + get("/fine")));
    const Response response = client.response();
    CHECK(response.status == 500);
    CHECK(response.body.find("secret") == std::string::npos);
    CHECK(client.response().status == 500);
    CHECK(client.response().body == "GET /fine ");
    const std::lock_guard lock(server.mutex);
    REQUIRE(server.errors.size() == 2);
    CHECK(server.errors[0] == "secret");
}

TEST_CASE(
    "Front: a large answer comes whole to a reader that starts late, and holds no worker "
    "meanwhile") {
    const std::string large(8'000'000, 'x');
    FrontOptions options;
    options.workers = 1;
    Server server(options, [&](Request& request) {
        Response response = echo(request);
        if (request.target == "/large") response.body = large;
        return response;
    });
    Raw slow(server.port());
    REQUIRE(slow.send(get("/large") + get("/after")));
    Raw other(server.port());
    REQUIRE(eventually([&] { return server.front.stats().requests == 1; }));
    REQUIRE(other.send(get("/other")));
    CHECK(other.response().body == "GET /other ");
    std::string text;
    slow.end_sending();
    text = slow.all();
    CHECK(text.size() > large.size());
    CHECK(text.find("\r\n\r\n" + large + "HTTP/1.1 200 OK\r\n") != std::string::npos);
    CHECK(text.ends_with("GET /after "));
}

TEST_CASE("Front: many connections at once all get their own answers") {
    Server server;
    std::vector<Raw> clients;
    for (int i = 0; i < 200; ++i) clients.emplace_back(server.port());
    for (int round = 0; round < 5; ++round) {
        int right = 0;
        for (std::size_t i = 0; i < clients.size(); ++i)
            clients[i].send(get("/" + std::to_string(i)));
        for (std::size_t i = 0; i < clients.size(); ++i) {
            right += clients[i].response().body == "GET /" + std::to_string(i) + " " ? 1 : 0;
        }
        CHECK(right == 200);
    }
    clients.clear();
    CHECK(eventually([&] { return server.front.stats().connections == 0; }));
}

TEST_CASE("Front: handlers that wait for each other, and don't say that they wait, all run") {
    constexpr int kTogether = 12;
    std::atomic<int> come{0};
    Server server({}, [&](Request& request) {
        ++come;
        eventually([&] { return come == kTogether; });
        return echo(request);
    });
    std::vector<Raw> clients;
    for (int i = 0; i < kTogether; ++i) clients.emplace_back(server.port());
    for (auto& client : clients) client.send(get("/"));
    CHECK(eventually([&] { return come == kTogether; }));
    for (auto& client : clients) CHECK(client.response().status == 200);
}

TEST_CASE("Front: the peer of a TCP connection is its address") {
    Server server({}, [](Request& request) {
        Response response;
        response.body = request.peer.address + (request.peer.uid ? " uid" : "");
        return response;
    });
    Raw client(server.port());
    REQUIRE(client.send(get("/")));
    CHECK(client.response().body == "127.0.0.1");
}
