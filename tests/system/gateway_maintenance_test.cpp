// The gateway told by its runtime socket: maintenance, requests that wait, states and weights.
#include <future>

#include "deploy/history.hpp"
#include "deploy/maintenance.hpp"
#include "system/gateway_rig.hpp"

using namespace shop;
using namespace std::chrono_literals;
using cli::deploy::GatewayControl;
using cli::deploy::GatewayServer;
using test::must_be_problem;

namespace {

// A gateway before one replica of userd and orderd each, and two of productd, all known to be up.
struct Shop {
    test::Replica users{"users"}, first{"first"}, second{"second"}, orders{"orders"};
    test::Gateway gateway{{users.url()},
                          {first.url(), second.url()},
                          {orders.url()},
                          {"--address-requests", "1000000"}};
    GatewayControl control{gateway.socket_path()};
    test::TempFolder state;  // of deployments

    Shop() {
        REQUIRE(test::eventually([&] {
            const auto servers = control.servers();
            return servers && std::ranges::all_of(*servers, &GatewayServer::up);
        }));
    }
    GatewayServer server(const std::string& backend, const std::string& name) const {
        const auto servers = control.servers();
        REQUIRE(servers);
        for (const auto& one : *servers)
            if (one.backend == backend && one.name == name) return one;
        FAIL("no server " << backend << "/" << name);
        return {};
    }
    int product_calls() const { return first.calls() + second.calls(); }
    test::Outcome ctl(const std::string& word) const {
        return test::run(test::binary("shopctl"),
                         {{"-o", "name", "gateway", "maintenance", word, "--runtime-socket",
                           gateway.socket_path(), "--state", state.path(), "-m", "a new disk"}});
    }
};

// A client of its own that buys and looks around until it is told to stop; what it heard.
class Client {
public:
    explicit Client(const test::Gateway& gateway) : thread_([this, &gateway] { run(gateway); }) {}
    std::vector<int> stop() {
        stop_ = true;
        thread_.join();
        return statuses_;
    }
    std::size_t heard() const { return heard_; }

private:
    void run(const test::Gateway& gateway) {
        const std::string body(50'000, 'x');  // more than HAProxy's buffer
        for (int i = 0; !stop_; ++i) {
            try {
                const auto answer = i % 2 == 0 ? gateway.send("GET", "/v1/products/tea")
                                               : gateway.send("POST", "/v1/orders", {}, body);
                statuses_.push_back(answer.status);
            } catch (const std::exception&) {
                statuses_.push_back(0);
            }
            ++heard_;
        }
    }
    std::vector<int> statuses_;
    std::atomic<std::size_t> heard_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace

TEST_CASE("gateway: requests that are held wait, go on when released, and none fails",
          "[gateway][maintenance]") {
    const Shop shop;
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 8; ++i) clients.push_back(std::make_unique<Client>(shop.gateway));
    const auto heard = [&] {
        std::size_t sum = 0;
        for (const auto& client : clients) sum += client->heard();
        return sum;
    };
    for (int round = 0; round < 2; ++round) {
        REQUIRE(shop.control.hold(true));
        CHECK(shop.control.mode() == "held");
        // What was under way ends; then nothing is heard any more.
        std::size_t last = heard();
        REQUIRE(test::eventually([&] {
            const std::size_t before = std::exchange(last, heard());
            std::this_thread::sleep_for(300ms);
            return before == last && heard() == last;
        }));
        const auto reached = shop.product_calls() + shop.orders.calls();
        std::this_thread::sleep_for(1s);
        CHECK(heard() == last);
        CHECK(shop.product_calls() + shop.orders.calls() == reached);
        REQUIRE(shop.control.hold(false));
        CHECK(shop.control.mode() == "open");
        CHECK(test::eventually([&] { return heard() > last + 100; }));
    }
    std::size_t all = 0;
    for (auto& client : clients)
        for (const int status : client->stop()) {
            CHECK(status == 200);
            ++all;
        }
    CHECK(static_cast<int>(all) == shop.product_calls() + shop.orders.calls());
}

TEST_CASE("gateway: held requests wait for a replica that comes back", "[gateway][maintenance]") {
    const Shop shop;
    REQUIRE(shop.control.set_state("orderd", "1", "maint"));
    must_be_problem(shop.gateway.send("GET", "/v1/orders"), 503);
    REQUIRE(shop.control.hold(true));
    auto waiting = std::async(std::launch::async,
                              [&] { return shop.gateway.send("GET", "/v1/orders").status; });
    auto released = std::async(std::launch::async, [&] { return shop.control.hold(false); });
    std::this_thread::sleep_for(500ms);
    CHECK(shop.control.mode() == "held");
    REQUIRE(shop.control.set_state("orderd", "1", "ready"));
    CHECK(released.get());
    CHECK(waiting.get() == 200);
}

TEST_CASE("gateway: maintenance is a 503 for programs, a page for browsers, and ends",
          "[gateway][maintenance]") {
    const Shop shop;
    CHECK(shop.control.mode() == "open");
    const auto on = shop.ctl("on");
    CHECK(on.exit_code == 0);
    CHECK(on.out == "maintenance\n");
    const auto answer = shop.gateway.send("POST", "/v1/orders", {}, "{}");
    const Json problem = must_be_problem(answer, 503);
    CHECK(problem["type"] == "https://shop.example/problems/unavailable");
    CHECK(answer.headers.get("retry-after") == "30");
    const auto page = shop.gateway.send("GET", "/v1/products",
                                        {{"accept", "text/html,application/xhtml+xml;q=0.9"}});
    CHECK(page.status == 503);
    CHECK(page.headers.get("retry-after") == "30");
    CHECK(page.headers.get("content-type") == "text/html; charset=utf-8");
    CHECK_THAT(std::string(page.headers.get("content-security-policy").value_or("")),
               Catch::Contains("style-src"));
    CHECK(page.headers.count("content-security-policy") == 1);
    CHECK_THAT(page.body, Catch::Contains("<h1>Back in a moment</h1>"));
    // It comes before requests that wait.
    CHECK(shop.ctl("hold").out == "maintenance\n");
    must_be_problem(shop.gateway.send("GET", "/v1/products"), 503);
    CHECK(shop.ctl("release").out == "maintenance\n");
    CHECK(shop.product_calls() + shop.orders.calls() == 0);
    CHECK(shop.ctl("off").out == "open\n");
    CHECK(shop.ctl("status").out == "open\n");
    const auto records = cli::deploy::History(shop.state.path() / "history.jsonl").read();
    REQUIRE(records);
    std::vector<std::string> changes;
    for (const auto& record : *records) {
        CHECK(record.kind == "maintenance");
        CHECK(record.why == "a new disk");
        changes.insert(changes.end(), record.changes.begin(), record.changes.end());
    }
    CHECK(changes ==
          std::vector<std::string>{"gateway: maintenance on", "gateway: maintenance hold",
                                   "gateway: maintenance release", "gateway: maintenance off"});
    CHECK(shop.gateway.send("GET", "/v1/products").status == 200);
}

TEST_CASE("gateway: servers are told, drained, weighed and moved", "[gateway][maintenance]") {
    const Shop shop;
    const auto servers = shop.control.servers();
    REQUIRE(servers);
    CHECK(servers->size() == 4);
    const auto first = shop.server("productd", "1");
    CHECK("http://" + first.address == shop.first.url());
    CHECK(first.state == "ready");
    CHECK(first.weight == 1);
    REQUIRE(shop.control.set_state("productd", "1", "drain"));
    CHECK(shop.server("productd", "1").state == "drain");
    for (int i = 0; i < 10; ++i) CHECK(shop.gateway.send("GET", "/v1/products").status == 200);
    CHECK(shop.first.calls() == 0);
    CHECK(shop.second.calls() == 10);
    REQUIRE(shop.control.set_state("productd", "1", "maint"));
    CHECK(shop.server("productd", "1").state == "maint");
    REQUIRE(shop.control.set_state("productd", "1", "ready"));
    REQUIRE(shop.control.set_weight("productd", "2", 0));
    for (int i = 0; i < 10; ++i) CHECK(shop.gateway.send("GET", "/v1/products").status == 200);
    CHECK(shop.second.calls() == 10);
    REQUIRE(shop.control.set_weight("productd", "2", 100));
    REQUIRE(shop.control.set_weight("productd", "2", 50));
    CHECK(shop.server("productd", "2").weight == 1);
}

TEST_CASE("gateway: what its runtime socket refuses is told with what to do",
          "[gateway][maintenance]") {
    const Shop shop;
    const auto unknown = shop.control.set_state("productd", "9", "drain");
    REQUIRE(!unknown);
    CHECK(unknown.error().code == Code::not_found);
    CHECK_THAT(unknown.error().message, Catch::Contains("No such server"));
    const auto odd = shop.control.set_state("productd", "1", "asleep");
    REQUIRE(!odd);
    CHECK(odd.error().code == Code::failed_precondition);
    CHECK(!shop.control.set_state("productd", "1;disable server productd/1", "ready"));
    CHECK(!shop.control.set_weight("productd", "1", 101));
    const auto no_weight = shop.control.set_weight("productd", "9", 50);
    REQUIRE(!no_weight);
    CHECK(no_weight.error().code == Code::not_found);
    CHECK(shop.server("productd", "1").state == "ready");

    const test::TempFolder folder;
    const auto nobody = GatewayControl(folder.path() / "runtime.sock").hold(true);
    REQUIRE(!nobody);
    CHECK(nobody.error().code == Code::unavailable);
    CHECK_THAT(nobody.error().message, Catch::Contains("runtime.sock"));
    const auto ctl = test::run(test::binary("shopctl"),
                               {{"gateway", "maintenance", "on", "--data", folder.path()}});
    CHECK(ctl.exit_code == kExitUnavailable);
    CHECK_THAT(ctl.err, Catch::Contains("gateway/runtime.sock"));
}

TEST_CASE("gateway: held requests reach a server behind a Unix socket", "[gateway][maintenance]") {
    const test::TempFolder folder;
    const auto path = (folder.path() / "orders.sock").string();
    http::Front front(
        {}, [](http::Request&) { return http::Response{}; },
        [](int status, std::string_view) { return http::Response{.status = status}; },
        [](std::string_view) {});
    REQUIRE(front.listen_unix(path, 0600));
    REQUIRE(front.start());
    const test::Replica other("other");
    const test::Gateway gateway({other.url()}, {other.url()}, {"unix:" + path});
    const GatewayControl control(gateway.socket_path());
    REQUIRE(control.hold(true));
    auto waiting =
        std::async(std::launch::async, [&] { return gateway.send("GET", "/v1/orders").status; });
    std::this_thread::sleep_for(200ms);
    REQUIRE(control.hold(false));
    CHECK(waiting.get() == 200);
}
