// The same of the real daemon: its disk refuses a sync while products are being made.
#include <csignal>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "base/json.hpp"
#include "http/client.hpp"
#include "support/running_shop.hpp"
#include "torture/harness.hpp"

using namespace shop;
using namespace shop::torture;

namespace {

constexpr int kStock = 7;

// A productd without a supervisor, on a store of its own; userd's tokens are good for it.
class Productd {
public:
    Productd(const test::RunningShop& shop, std::map<std::string, std::string> environment)
        : url_("http://127.0.0.1:" + std::to_string(shop.spare_port())),
          token_(shop.token(shop.admin().first, shop.admin().second)),
          process_(test::binary("shop-productd"),
                   {{"--port=" + std::to_string(shop.spare_port()),
                     "--data-dir=" + (shop.folder() / "alone").string(),
                     "--keys-dir=" + (shop.data_dir() / "keys").string()},
                    std::move(environment)}),
          ended_(std::async(std::launch::async, [this] { return process_.wait(); })) {
        REQUIRE(test::eventually([&] {
            const auto answer = send("GET", "/readyz");
            return answer && answer->status == 200;
        }));
    }
    ~Productd() { process_.signal(SIGTERM); }
    Productd(const Productd&) = delete;
    Productd& operator=(const Productd&) = delete;

    Result<http::Response> send(const std::string& method, const std::string& target,
                                const std::string& body = "") const {
        SHOP_TRY(client, http::Client::make(url_, {.deadline = std::chrono::seconds(20)}));
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        request.headers.add("authorization", "Bearer " + token_);
        if (!body.empty()) request.headers.add("content-type", "application/json");
        return client->send(request, false);
    }
    Outcome end() { return ended_.get(); }

private:
    std::string url_;
    std::string token_;
    test::Process process_;
    std::future<Outcome> ended_;
};

std::string name_of(const std::string& sku) { return "Lamp of " + sku; }

// Products made by several callers until each is refused; those that were acknowledged.
std::set<std::string> make_products(const Productd& productd) {
    constexpr int kCallers = 4;
    constexpr int kEach = 45;  // all of them fit into one page of the list
    std::set<std::string> acknowledged;
    std::mutex mutex;
    const auto caller = [&](int number) {
        for (int i = 0; i < kEach; ++i) {
            const std::string sku = "T-" + std::to_string(number) + "-" + std::to_string(i);
            const Json product{{"sku", sku},
                               {"name", name_of(sku)},
                               {"price", {{"amount", 100}, {"currency", "GBP"}}},
                               {"initial_stock", kStock}};
            const auto answer = productd.send("POST", "/v1/products", product.dump());
            if (!answer || answer->status != 201) return;
            const std::lock_guard lock(mutex);
            acknowledged.insert(sku);
        }
    };
    std::vector<std::thread> callers;
    for (int number = 0; number < kCallers; ++number) callers.emplace_back(caller, number);
    for (auto& thread : callers) thread.join();
    return acknowledged;
}

std::set<std::string> whole_products(const Productd& productd) {
    const auto answer = productd.send("GET", "/v1/products?limit=200");
    REQUIRE(answer);
    INFO(answer->body);
    REQUIRE(answer->status == 200);
    std::set<std::string> out;
    const Json page = Json::parse(answer->body);
    for (const Json& product : page["items"]) {
        const auto sku = product["sku"].get<std::string>();
        CHECK(product["name"] == name_of(sku));
        CHECK(product["stock"]["on_hand"] == kStock);
        out.insert(sku);
    }
    return out;
}

}  // namespace

TEST_CASE("faults: a daemon whose sync fails ends with 74 and comes back with all it acknowledged",
          "[torture]") {
    if (!can_preload("a failing sync under a daemon")) return;
    const test::RunningShop shop;
    std::set<std::string> acknowledged;
    {
        Productd productd(shop, recorded({{"SHOP_FAIL_SYNC_AT", "25"}}));
        acknowledged = make_products(productd);
        const auto outcome = productd.end();
        INFO(outcome.err);
        CHECK(outcome.exit_code == 74);
        CHECK_THAT(outcome.err, Catch::Contains("store: a commit failed (Input/output error)"));
    }
    CHECK(acknowledged.size() >= 15);
    CHECK(acknowledged.size() < 180);
    const Productd again(shop, {});
    const auto found = whole_products(again);
    for (const auto& sku : acknowledged) CHECK(found.count(sku) == 1);
    // Each caller has at most one product that it got no answer for.
    CHECK(found.size() <= acknowledged.size() + 4);
}
