#include "http/client.hpp"

#include <thread>

#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

namespace {

// A server of one thread that plays a script: for each connection, what it answers to each request
// head in turn. An empty answer closes the connection.
class Scripted {
public:
    explicit Scripted(std::vector<std::vector<std::string>> script)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), script_(std::move(script)) {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof any;
        auto* name = reinterpret_cast<sockaddr*>(&any);
        REQUIRE(::bind(fd_, name, size) == 0);
        REQUIRE(::listen(fd_, 16) == 0);
        REQUIRE(::getsockname(fd_, name, &size) == 0);
        port_ = ntohs(any.sin_port);
        thread_ = std::thread([this] { play(); });
    }
    ~Scripted() {
        ::shutdown(fd_, SHUT_RDWR);
        thread_.join();
        ::close(fd_);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    int requests() const { return requests_; }
    int connections() const { return connections_; }
    int closed() const { return closed_; }

private:
    static bool read_head(int fd) {
        std::string head;
        char byte = 0;
        while (!head.ends_with("\r\n\r\n")) {
            if (::recv(fd, &byte, 1, 0) != 1) return false;
            head += byte;
        }
        return true;
    }
    void play() {
        for (const auto& answers : script_) {
            const int fd = ::accept(fd_, nullptr, nullptr);
            if (fd < 0) return;
            ++connections_;
            const timeval patience{5, 0};
            ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            for (const auto& answer : answers) {
                if (!read_head(fd)) break;
                ++requests_;
                ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
            }
            ::close(fd);
            ++closed_;
        }
    }

    int fd_;
    std::vector<std::vector<std::string>> script_;
    std::uint16_t port_ = 0;
    std::atomic<int> requests_{0};
    std::atomic<int> connections_{0};
    std::atomic<int> closed_{0};
    std::thread thread_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string kBusy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

}  // namespace

TEST_CASE("Client::make: takes http and unix addresses, refuses all others") {
    for (const auto* url :
         {"http://127.0.0.1:5002", "http://localhost:1/", "http://[::1]:5002", "http://productd",
          "https://a:1", "https://[::1]", "unix:/run/shop/productd.sock"}) {
        INFO(url);
        CHECK(Client::make(url, {}));
    }
    for (const auto* url :
         {"", "127.0.0.1:5002", "https://", "https://a:1/path", "http://", "http://:5002",
          "http://a:0", "http://a:65536", "http://a:x", "http://a:1/path", "http://u@a:1",
          "unix:", "unix:relative", "http://[::1:5002", "ftp://a"}) {
        INFO(url);
        const auto client = Client::make(url, {});
        REQUIRE_FALSE(client);
        CHECK(client.error().code == Code::invalid_argument);
    }
}

TEST_CASE("Client: calls share kept connections, over TCP and a Unix socket") {
    const TempFolder folder;
    Front front({}, echo, refusal, [](std::string_view) {});
    REQUIRE(front.listen_tcp("127.0.0.1", 0));
    REQUIRE(front.listen_unix(folder.path() / "s", 0600));
    REQUIRE(front.start());
    std::uint64_t connections = 0;
    for (const std::string& url : {"http://localhost:" + std::to_string(front.port()),
                                   "unix:" + (folder.path() / "s").string()}) {
        const auto client = client_of(url);
        CHECK(client->url() == url);
        for (int i = 0; i < 20; ++i) {
            const auto response = client->send(request_of("PUT", "/a?b=1", "body"), false);
            REQUIRE(response);
            CHECK(response->body == "PUT /a?b=1 body");
        }
        CHECK(client->send(request_of("HEAD", "/"), true)->body.empty());
        CHECK(client->send(request_of("GET", "/"), true)->body == "GET / ");
        CHECK(front.stats().accepted == ++connections);
    }
}

TEST_CASE("Client: callers on several threads get their own answers") {
    Server server;
    const auto client = client_of(server.url());
    std::atomic<int> right{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&, i] {
            const std::string body(static_cast<std::size_t>(i) * 10'000, 'x');
            for (int k = 0; k < 50; ++k) {
                const auto response =
                    client->send(request_of("POST", "/" + std::to_string(i), body), false);
                if (response && response->body == "POST /" + std::to_string(i) + " " + body)
                    ++right;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(right == 400);
    CHECK(server.front.stats().accepted <= 8);
}

TEST_CASE("Client: nobody there is unavailable, nobody answering in time is a timeout") {
    std::uint16_t port = 0;
    {
        Server gone;
        port = gone.port();
    }
    const auto dead = client_of("http://127.0.0.1:" + std::to_string(port));
    const auto refused = dead->send(request_of("GET", "/"), true);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::unavailable);
    CHECK(refused.error().message.find(std::to_string(port)) != std::string::npos);

    Gate gate;
    Server slow({}, [&](Request& request) {
        gate.wait();
        return echo(request);
    });
    ClientOptions options;
    options.deadline = 50ms;
    const auto late = client_of(slow.url(), options)->send(request_of("GET", "/"), true);
    gate.open();
    REQUIRE_FALSE(late);
    CHECK(late.error().code == Code::timeout);
    CHECK(late.error().message.find(slow.url()) != std::string::npos);
}

TEST_CASE("Client: a target that no server would read is refused before it is sent") {
    Server server;
    const auto client = client_of(server.url());
    for (const auto* target : {"", "a", "/a b", "/a\r\nX: y", "/a/../b", "http://x/"}) {
        CHECK(client->send(request_of("GET", target), true).error().code == Code::invalid_argument);
    }
    CHECK(server.front.stats().accepted == 0);
}

TEST_CASE("Client: chunked answers and interim ones are read, broken and oversized ones are not") {
    Scripted server({{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n"
                      "3\r\nabc\r\n0\r\n\r\n",
                      "HTTP/1.1 200 OK\r\n\r\n"},
                     {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"},
                     {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort"}});
    ClientOptions options;
    options.answer_bytes_max = 1000;
    const auto client = client_of(server.url(), options);
    const auto chunked = client->send(request_of("GET", "/"), true);
    REQUIRE(chunked);
    CHECK(chunked->status == 502);
    CHECK(chunked->body == "abc");
    for (int i = 0; i < 3; ++i) {
        const auto broken = client->send(request_of("GET", "/"), true);
        REQUIRE_FALSE(broken);
        CHECK(broken.error().code == Code::unavailable);
    }
    CHECK(server.connections() == 3);
}

TEST_CASE("Client: a kept connection that has died is replaced where the call is repeatable") {
    // The first connection answers once, then takes a request and closes without a byte.
    const std::vector<std::vector<std::string>> script = {{kOk, ""}, {kOk}};
    {
        Scripted server(script);
        const auto client = client_of(server.url());
        REQUIRE(client->send(request_of("GET", "/"), true));
        CHECK(client->send(request_of("GET", "/"), true)->body == "ok");
        CHECK(server.requests() == 3);
    }
    Scripted server(script);
    const auto client = client_of(server.url());
    REQUIRE(client->send(request_of("POST", "/"), false));
    const auto lost = client->send(request_of("POST", "/"), false);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == Code::unavailable);
    CHECK(server.requests() == 2);
}

TEST_CASE("Client: a connection that the server has closed is not used again") {
    Scripted server({{kOk}, {kOk}});
    const auto client = client_of(server.url());
    REQUIRE(client->send(request_of("POST", "/"), false));
    REQUIRE(eventually([&] { return server.closed() == 1; }));
    CHECK(client->send(request_of("POST", "/"), false));
    CHECK(server.connections() == 2);
}

TEST_CASE("Client: 503 is repeated within its time, for repeatable calls only") {
    ClientOptions options;
    options.retry_for = 5s;
    {
        Scripted server({{kBusy, kBusy, kOk}});
        const auto response = client_of(server.url(), options)->send(request_of("GET", "/"), true);
        REQUIRE(response);
        CHECK(response->status == 200);
        CHECK(server.requests() == 3);
    }
    {
        Scripted server({{kBusy, kOk}});
        CHECK(client_of(server.url(), options)->send(request_of("POST", "/"), false)->status ==
              503);
        CHECK(server.requests() == 1);
    }
    Scripted server({{"HTTP/1.1 429 x\r\nContent-Length: 0\r\nRetry-After: 60\r\n\r\n", kOk}});
    CHECK(client_of(server.url(), options)->send(request_of("GET", "/"), true)->status == 429);
    CHECK(server.requests() == 1);
}

TEST_CASE("Client: Retry-After is waited for, and no repetition outlasts the time for retries") {
    const std::string busy = "HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n";
    ClientOptions options;
    options.retry_for = 10s;
    {
        Scripted server({{busy, kOk}});
        const auto begin = std::chrono::steady_clock::now();
        CHECK(client_of(server.url(), options)->send(request_of("GET", "/"), true)->status == 200);
        CHECK(std::chrono::steady_clock::now() - begin >= 1s);
        CHECK(server.requests() == 2);
    }
    options.retry_for = 900ms;
    {
        Scripted server({{busy, kOk}});
        CHECK(client_of(server.url(), options)->send(request_of("GET", "/"), true)->status == 503);
        CHECK(server.requests() == 1);
    }
    // The second attempt hangs. Its own deadline, which the gate does not reach, is not waited for.
    Gate gate;
    std::atomic<int> asked{0};
    Server hanging({}, [&](Request&) {
        if (++asked > 1) gate.wait();
        Response response;
        response.status = 503;
        return response;
    });
    options.retry_for = 2s;
    options.deadline = 60s;
    const auto late = client_of(hanging.url(), options)->send(request_of("GET", "/"), true);
    gate.open();
    REQUIRE_FALSE(late);
    CHECK(late.error().code == Code::timeout);
    CHECK(asked == 2);
}

TEST_CASE("Client: a flood of interim answers does not outlast the deadline") {
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += "HTTP/1.1 100 Continue\r\n\r\n";
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    auto* name = reinterpret_cast<sockaddr*>(&any);
    REQUIRE(::bind(listener, name, size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, name, &size) == 0);
    std::thread server([&] {
        const int fd = ::accept(listener, nullptr, nullptr);
        // Five seconds at most, until the client has closed.
        for (const auto end = std::chrono::steady_clock::now() + 5s;
             std::chrono::steady_clock::now() < end;) {
            if (::send(fd, flood.data(), flood.size(), MSG_NOSIGNAL) < 0) break;
        }
        ::close(fd);
    });
    ClientOptions options;
    options.deadline = 100ms;
    const auto result =
        client_of("http://127.0.0.1:" + std::to_string(ntohs(any.sin_port)), options)
            ->send(request_of("GET", "/"), true);
    server.join();
    ::close(listener);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::timeout);
}

TEST_CASE("Client: a service that starts late is reached within the time for retries") {
    const TempFolder folder;
    const auto path = folder.path() / "late.sock";
    ClientOptions options;
    options.retry_for = 5s;
    const auto client = client_of("unix:" + path.string(), options);
    Result<Response> result = fail(Code::internal, "");
    std::thread caller([&] { result = client->send(request_of("GET", "/"), true); });
    ::usleep(100'000);
    Front front({}, echo, refusal, [](std::string_view) {});
    REQUIRE(front.listen_unix(path, 0600));
    REQUIRE(front.start());
    caller.join();
    REQUIRE(result);
    CHECK(result->body == "GET / ");
}

TEST_CASE("Client: an early refusal of a large body is heard") {
    FrontOptions options;
    options.body_bytes_max = 1000;
    Server server(options);
    const auto client = client_of(server.url());
    for (int i = 0; i < 10; ++i) {
        const auto response =
            client->send(request_of("POST", "/", std::string(3'000'000, 'x')), false);
        REQUIRE(response);
        CHECK(response->status == 413);
    }
}
