// Overload, deadlines, listeners and draining of the front.
#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "http/client.hpp"
#include "http/front.hpp"
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

namespace {

Front::OnError no_errors() {
    return [](std::string_view) {};
}

// A handler that waits at the gate for "/wait" and echoes everything else.
Front::Handler waiting_at(Gate& gate) {
    return [&gate](Request& request) {
        if (request.target == "/wait") gate.wait();
        return echo(request);
    };
}

}  // namespace

TEST_CASE("Front: beyond the queue there is 503 with Retry-After, and the queue is still served") {
    Gate gate;
    FrontOptions options;
    options.workers = 1;
    options.queue_max = 2;
    Server server(options, waiting_at(gate));
    Raw busy(server.port());
    REQUIRE(busy.send(get("/wait")));
    REQUIRE(gate.reached(1));
    std::vector<Raw> queued;
    for (int i = 0; i < 2; ++i) {
        queued.emplace_back(server.port());
        REQUIRE(queued.back().send(get("/queued")));
    }
    REQUIRE(eventually([&] { return server.front.stats().queued == 2; }));
    CHECK(server.front.stats().in_flight == 1);
    Raw refused(server.port());
    REQUIRE(refused.send(get("/refused")));
    const Response response = refused.response();
    CHECK(response.status == 503);
    CHECK(response.headers.get("retry-after") == "1");
    CHECK(response.headers.get("connection") == "keep-alive");
    gate.open();
    CHECK(busy.response().body == "GET /wait ");
    // Its connection goes on.
    REQUIRE(refused.send(get("/again")));
    CHECK(refused.response().body == "GET /again ");
    for (auto& client : queued) CHECK(client.response().body == "GET /queued ");
    CHECK(server.front.stats().rejected_for(Reject::queue) == 1);
}

TEST_CASE("Front: one connection too many is told so, and its place can be taken again") {
    FrontOptions options;
    options.connections_max = 2;
    Server server(options);
    Raw first(server.port());
    auto second = std::make_unique<Raw>(server.port());
    REQUIRE(eventually([&] { return server.front.stats().connections == 2; }));
    {
        Raw third(server.port());
        const Response response = third.response();
        CHECK(response.status == 503);
        CHECK(response.headers.get("retry-after") == "1");
    }
    REQUIRE(first.send(get("/a")));
    CHECK(first.response().status == 200);
    second.reset();
    REQUIRE(eventually([&] { return server.front.stats().connections == 1; }));
    Raw again(server.port());
    REQUIRE(again.send(get("/b")));
    CHECK(again.response().status == 200);
}

TEST_CASE("Front: a head or a body that does not come in time gets 408, an idle connection ends") {
    FrontOptions options;
    options.head_deadline = 50ms;
    options.body_deadline = 50ms;
    options.idle_deadline = 50ms;
    Server server(options);
    Raw head(server.port());
    Raw body(server.port());
    Raw idle(server.port());
    Raw silent(server.port());
    REQUIRE(head.send("GET / HTTP/1.1\r\nHost:"));
    REQUIRE(body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"));
    REQUIRE(idle.send(get("/")));
    CHECK(head.response().status == 408);
    CHECK(head.all().empty());
    CHECK(body.response().status == 408);
    CHECK(idle.response().status == 200);
    CHECK(idle.all().empty());
    CHECK(silent.all().empty());
    CHECK(eventually([&] { return server.front.stats().connections <= 2; }));
}

TEST_CASE("Front: a reader that never reads is cut at the write deadline") {
    FrontOptions options;
    options.write_deadline = 50ms;
    Server server(options, large_answer);
    Raw client(server.port());
    REQUIRE(client.send(get("/")));
    CHECK(eventually([&] { return server.front.stats().requests == 1; }));
    CHECK(eventually([&] { return server.front.stats().connections == 0; }));
}

TEST_CASE("Front: listens on a Unix socket with its mode, and knows the peer") {
    const TempFolder folder;
    const auto path = folder.path() / "shop.sock";
    Front front(
        {},
        [](Request& request) {
            Response response;
            response.body =
                request.peer.address + " " + std::to_string(request.peer.uid.value_or(9999));
            return response;
        },
        refusal, no_errors());
    REQUIRE(front.listen_unix(path, 0660));
    CHECK(front.port() == 0);
    REQUIRE(front.start());
    struct stat entry {};
    REQUIRE(::stat(path.c_str(), &entry) == 0);
    CHECK((entry.st_mode & 0777) == 0660);
    Raw client(path);
    REQUIRE(client.send(get("/")));
    CHECK(client.response().body == "unix " + std::to_string(::getuid()));
    CHECK(front.drain(5s));
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE(
    "Front: a stale socket file is replaced, one that answers and one that is no socket are not") {
    const TempFolder folder;
    const auto path = folder.path() / "shop.sock";
    {
        // A process that ended without removing its file.
        const int stale = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
        REQUIRE(::bind(stale, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
        ::close(stale);
    }
    Front front({}, echo, refusal, no_errors());
    REQUIRE(front.listen_unix(path, 0600));
    REQUIRE(front.start());
    Front other({}, echo, refusal, no_errors());
    const auto taken = other.listen_unix(path, 0600);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == Code::unavailable);
    CHECK(taken.error().message.find(path.string()) != std::string::npos);
    Raw client(path);
    REQUIRE(client.send(get("/a")));
    CHECK(client.response().status == 200);
    const auto file = folder.path() / "file";
    std::ofstream(file) << "kept";
    CHECK_FALSE(other.listen_unix(file, 0600));
    CHECK(std::filesystem::file_size(file) == 4);
    CHECK_FALSE(other.listen_unix(folder.path() / std::string(200, 'x'), 0600));
}

TEST_CASE("Front: a port that is taken is unavailable, and the message names it") {
    Server server;
    Front other({}, echo, refusal, no_errors());
    const auto result = other.listen_tcp("127.0.0.1", server.port());
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::unavailable);
    CHECK(result.error().message.find(std::to_string(server.port())) != std::string::npos);
    CHECK_FALSE(other.listen_tcp("no address", 0));
}

TEST_CASE("Front: serves on a socket that was passed, and on several listeners at once") {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
    Front front({}, echo, refusal, no_errors());
    CHECK_FALSE(front.listen_fd(::dup(fd)));
    REQUIRE(::listen(fd, 16) == 0);
    REQUIRE(front.listen_fd(fd));
    const TempFolder folder;
    REQUIRE(front.listen_unix(folder.path() / "s", 0600));
    REQUIRE(front.start());
    Raw tcp(front.port());
    Raw local(folder.path() / "s");
    REQUIRE(tcp.send(get("/tcp")));
    REQUIRE(local.send(get("/unix")));
    CHECK(tcp.response().body == "GET /tcp ");
    CHECK(local.response().body == "GET /unix ");
}
