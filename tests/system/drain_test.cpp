// A daemon that is told to end under load: every request is answered whole or never taken.
#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include "http/client.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

struct Load {
    std::atomic<bool> stop{false};
    std::atomic<int> answered{0};
    std::atomic<int> refused{0};
    std::atomic<int> broken{0};
};

// GETs one after the other on a kept connection. A refused connection says so in its message; any
// other failure is a request that was taken and lost.
void load(const std::string& url, Load& counts) {
    const auto client = http::Client::make(url, {.deadline = std::chrono::seconds(30)});
    http::Request request;
    request.method = "GET";
    request.target = "/v1/products?limit=50";
    while (!counts.stop) {
        const auto answer = (*client)->send(request, true);
        if (!answer) {
            const bool no_connection =
                answer.error().message.find("cannot be reached") != std::string::npos;
            ++(no_connection ? counts.refused : counts.broken);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        } else if ((answer->status == 200 && answer->body.ends_with("}")) ||
                   answer->status == 503) {
            ++counts.answered;
        } else {
            ++counts.broken;
        }
    }
}

// A daemon alone, without a supervisor that would start it again.
class Productd {
public:
    explicit Productd(const test::RunningShop& shop)
        : process_(test::binary("shop-productd"),
                   {{"--port=" + std::to_string(shop.spare_port()),
                     "--data-dir=" + (shop.folder() / "alone").string(),
                     "--keys-dir=" + (shop.data_dir() / "keys").string()},
                    shop.environment()}),
          url_("http://127.0.0.1:" + std::to_string(shop.spare_port())) {
        const auto client = http::Client::make(url_, {});
        http::Request request;
        request.method = "GET";
        request.target = "/readyz";
        REQUIRE(test::eventually([&] {
            const auto answer = (*client)->send(request, true);
            return answer && answer->status == 200;
        }));
    }
    test::Process& process() { return process_; }
    const std::string& url() const { return url_; }

private:
    test::Process process_;
    std::string url_;
};

}  // namespace

TEST_CASE("drain: SIGTERM under load loses no request and exits with 0") {
    for (const int signal : {SIGTERM, SIGINT}) {
        Productd productd(test::shared_shop());
        // Its log goes into a pipe that somebody has to empty.
        auto ended = std::async(std::launch::async, [&] { return productd.process().wait(); });
        Load counts;
        std::vector<std::thread> clients;
        for (int i = 0; i < 6; ++i) clients.emplace_back([&] { load(productd.url(), counts); });
        const bool busy = test::eventually([&] { return counts.answered > 300; });
        productd.process().signal(signal);
        const auto outcome = ended.get();
        const bool refusing = test::eventually([&] { return counts.refused > 0; });
        counts.stop = true;
        for (auto& client : clients) client.join();
        INFO(outcome.err);
        CHECK(busy);
        CHECK(refusing);
        CHECK(outcome.exit_code == 0);
        CHECK_THAT(outcome.err, Catch::Contains("drained"));
        CHECK(counts.broken == 0);
    }
}

TEST_CASE("drain: an idle kept connection does not hold a daemon up") {
    Productd productd(test::shared_shop());
    const auto client = http::Client::make(productd.url(), {});
    http::Request request;
    request.method = "GET";
    request.target = "/livez";
    REQUIRE((*client)->send(request, true));
    const auto begin = std::chrono::steady_clock::now();
    productd.process().signal(SIGTERM);
    CHECK(productd.process().wait().exit_code == 0);
    // drain_seconds is 20.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
}
