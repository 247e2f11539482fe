// Many people sign in at once at a real userd with few workers: what it can't hash it refuses at
// once, and its other calls go on.
#include <atomic>
#include <thread>

#include "base/file.hpp"
#include "http/client.hpp"
#include "support/process.hpp"
#include "support/running_shop.hpp"
#include "support/temp_folder.hpp"

using namespace shop;

namespace {

constexpr int kWorkers = 4;

struct Userd {
    test::TempFolder folder;
    int port = test::free_port_base();
    std::unique_ptr<test::Process> process;

    Userd() {
        const auto path = [&](const char* name) { return (folder.path() / name).string(); };
        REQUIRE(write_file(path("admin"), "root:correct horse\n", 0600));
        process = std::make_unique<test::Process>(
            test::binary("shop-userd"),
            test::ProcessOptions{{"--data-dir", path("data"), "--keys-dir", path("keys"), "--port",
                                  std::to_string(port), "--first-admin-file", path("admin"),
                                  "--workers", std::to_string(kWorkers), "--password-passes", "4",
                                  // A slow machine is no overload; nobody reads the log.
                                  "--queue-ms-max", "60000", "--log-level", "error"}});
        REQUIRE(test::eventually([&] { return send("GET", "/readyz").status == 200; }));
    }
    // Status 0 where nothing came.
    http::Response send(const std::string& method, const std::string& target,
                        const std::string& body = "", const std::string& token = "") const {
        const auto client = http::Client::make("http://127.0.0.1:" + std::to_string(port),
                                               {.deadline = std::chrono::seconds(30)});
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        if (!body.empty()) request.headers.set("content-type", "application/json");
        if (!token.empty()) request.headers.set("authorization", "Bearer " + token);
        auto answer = (*client)->send(request, false);
        if (answer) return *std::move(answer);
        http::Response none;
        none.status = 0;
        return none;
    }
};

}  // namespace

TEST_CASE("sign-ins: many at once leave workers for everything else") {
    const Userd userd;
    const std::string right = R"({"username":"root","password":"correct horse"})";
    const Json session = Json::parse(userd.send("POST", "/v1/sessions", right).body);
    std::atomic<int> in = 0, refused = 0, other = 0, under_way = 50;
    std::vector<std::thread> crowd;
    for (int i = 0; i < 50; ++i)
        crowd.emplace_back([&] {
            const auto answer = userd.send("POST", "/v1/sessions", right);
            const bool busy = answer.status == 503 && answer.headers.get("retry-after");
            ++(answer.status == 201 ? in : busy ? refused : other);
            --under_way;
        });
    int meanwhile = 0, failed = 0;
    std::string refresh = session["refresh_token"];
    for (int i = 0; under_way > 0 && i < 10'000; ++i) {
        const auto next =
            userd.send("POST", "/v1/sessions/refresh", Json{{"refresh_token", refresh}}.dump());
        const auto me = userd.send("GET", "/v1/users/me", "", session["access_token"]);
        if (next.status == 200) refresh = Json::parse(next.body)["refresh_token"];
        failed += (next.status != 200) + (me.status != 200);
        meanwhile += under_way > 0;
    }
    for (auto& thread : crowd) thread.join();
    CHECK(in >= 1);
    CHECK(refused >= 1);
    CHECK(other == 0);
    CHECK(meanwhile >= 1);
    CHECK(failed == 0);
}
