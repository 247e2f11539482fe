#include <sys/stat.h>

#include <thread>

#include "http/client.hpp"
#include "http/front.hpp"
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

TEST_CASE(
    "Front: drain answers what is in flight and what waits, says close, and refuses the rest") {
    Gate gate;
    FrontOptions options;
    options.workers = 1;
    Server server(options, [&](Request& request) {
        if (request.target == "/wait") gate.wait();
        return echo(request);
    });
    const std::uint16_t port = server.port();
    Raw busy(port);
    REQUIRE(busy.send(get("/wait") + get("/pipelined")));
    REQUIRE(gate.reached(1));
    Raw queued(port);
    REQUIRE(queued.send(get("/queued")));
    Raw partial(port);
    REQUIRE(partial.send("POST /partial HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na"));
    REQUIRE(eventually([&] { return server.front.stats().queued == 1; }));
    bool drained = false;
    std::thread drainer([&] { drained = server.front.drain(10s); });
    REQUIRE(eventually([&] { return !Raw(port).connected(); }));
    gate.open();
    CHECK(busy.response().body == "GET /wait ");
    CHECK(busy.response().headers.get("connection") == "close");
    const Response response = queued.response();
    CHECK(response.body == "GET /queued ");
    CHECK(response.headers.get("connection") == "close");
    REQUIRE(partial.send("b"));
    CHECK(partial.response().body == "POST /partial ab");
    drainer.join();
    CHECK(drained);
}

TEST_CASE("Front: drain ends idle connections and does not wait for them") {
    Server server;
    Raw idle(server.port());
    REQUIRE(idle.send(get("/")));
    CHECK(idle.response().status == 200);
    Raw silent(server.port());
    CHECK(server.front.drain(10s));
    CHECK(idle.all().empty());
    CHECK(silent.all().empty());
}

TEST_CASE("Front: drain gives up at its deadline where a handler does not end") {
    Gate gate;
    Server server({}, [&](Request& request) {
        gate.wait();
        return echo(request);
    });
    Raw client(server.port());
    REQUIRE(client.send(get("/")));
    REQUIRE(gate.reached(1));
    CHECK_FALSE(server.front.drain(50ms));
    CHECK(client.response().status == 0);
    gate.open();
}

TEST_CASE("Front: a drain under load fails not one request") {
    for (const bool local : {false, true}) {
        const TempFolder folder;
        std::atomic<int> handled{0};
        FrontOptions options;
        options.workers = 4;
        Front front(
            options,
            [&](Request& request) {
                ++handled;
                return echo(request);
            },
            refusal, [](std::string_view) {});
        const auto listening =
            local ? front.listen_unix(folder.path() / "s", 0600) : front.listen_tcp("127.0.0.1", 0);
        REQUIRE(listening);
        REQUIRE(front.start());
        const std::string url = local ? "unix:" + (folder.path() / "s").string()
                                      : "http://127.0.0.1:" + std::to_string(front.port());
        const auto client = Client::make(url, {}).value();
        std::atomic<int> answered{0};
        std::mutex mutex;
        std::vector<std::string> failures;
        std::vector<std::thread> callers;
        for (int i = 0; i < 8; ++i) {
            callers.emplace_back([&, i] {
                Request request;
                request.method = i % 2 == 0 ? "GET" : "PUT";
                request.target = "/" + std::to_string(i);
                if (i % 2 == 1) request.body.assign(100'000, 'x');
                // Until the front refuses new connections; each call before that has to succeed.
                while (true) {
                    const auto result = client->send(request, true);
                    if (!result) {
                        const std::lock_guard lock(mutex);
                        failures.push_back(result.error().message);
                        return;
                    }
                    ++answered;
                }
            });
        }
        const bool busy = eventually([&] { return answered > 500; });
        const bool drained = front.drain(10s);
        for (auto& caller : callers) caller.join();
        CHECK(busy);
        CHECK(drained);
        CHECK(answered == handled);
        CHECK(failures.size() == callers.size());
        for (const auto& failure : failures) {
            INFO(failure);
            CHECK(failure.find(local ? "No such file" : "refused") != std::string::npos);
        }
    }
}
