// Real daemons, real shopctl: buying, and what two buyers of the last piece get.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include "api/client.hpp"
#include "api/orders.hpp"
#include "api/products.hpp"
#include "api/users.hpp"
#include "base/id.hpp"
#include "support/shop_process.hpp"

using namespace shop;
using namespace shop::test;

namespace {

constexpr const char* kSku = "22371";

std::int64_t available(const RunningShop& shop) {
    return shop.json({"stock", "get", kSku})["available"].get<std::int64_t>();
}

std::unique_ptr<http::Client> connect(const std::string& url) {
    auto client = http::Client::make(url, {.deadline = std::chrono::seconds(30)});
    if (!client) throw std::runtime_error(client.error().message);
    return std::move(*client);
}

// A customer with an access token, as the API's programs have one.
std::string register_customer(const RunningShop& shop, const std::string& name) {
    const api::ApiClient users(connect(shop.url(1)), nullptr);
    const auto& table = api::users_service();
    const auto made = users.send(table.at("user_create"), {},
                                 {.body = Json{{"username", name},
                                               {"email", name + "@example.org"},
                                               {"password", "a long password"}}});
    if (!made) throw std::runtime_error(made.error().message);
    const auto session = users.call<api::Session>(
        table.at("session_create"), {},
        {.body = Json{{"username", name}, {"password", "a long password"}}});
    if (!session) throw std::runtime_error(session.error().message);
    return session->access_token;
}

}  // namespace

TEST_CASE("purchase: from sign-up to a sent order, with stock and events to match", "[system]") {
    const RunningShop shop;
    const auto before = available(shop);
    shop.sign_up("ada");
    shop.sign_up("eve");
    const Json cart = shop.json({"--context", "ada", "cart", "add", kSku, "2"});
    CHECK(cart["total"] == Json{{"amount", 850}, {"currency", "GBP"}});
    const Json order =
        shop.json({"--context", "ada", "order", "create", "--idempotency-key", "basket-1"});
    CHECK(order["state"] == "placed");
    CHECK(available(shop) == before - 2);
    CHECK(shop.json({"--context", "ada", "cart", "get"})["lines"].empty());

    SECTION("the same key is the same order") {
        const Json again =
            shop.json({"--context", "ada", "order", "create", "--idempotency-key", "basket-1"});
        CHECK(again == order);
        CHECK(available(shop) == before - 2);
    }
    SECTION("both sides see it, nobody else does") {
        CHECK(shop.json({"--context", "ada", "order", "list"}).size() == 1);
        CHECK(shop.json({"order", "list"}).size() == 1);
        CHECK(shop.json({"--context", "eve", "order", "list"}).empty());
        CHECK(shop.ctl({"--context", "eve", "order", "get", "1"}).exit_code == 3);
        CHECK(shop.ctl({"--context", "eve", "order", "cancel", "1", "--yes"}).exit_code == 3);
        CHECK(shop.ctl({"--context", "ada", "order", "fulfil", "1"}).exit_code == 4);
    }
    SECTION("a cancelled order gives its pieces back, once") {
        CHECK(shop.json({"--context", "ada", "order", "cancel", "1", "--yes"})["state"] ==
              "cancelled");
        CHECK(available(shop) == before);
        CHECK(shop.ctl({"order", "cancel", "1", "--yes"}).exit_code == 5);
        CHECK(available(shop) == before);
    }
    SECTION("a sent order can't be cancelled") {
        CHECK(shop.json({"order", "fulfil", "1"})["state"] == "fulfilled");
        CHECK(shop.ctl({"--context", "ada", "order", "cancel", "1", "--yes"}).exit_code == 5);
    }
    std::set<std::string> types;
    for (const Json& event : shop.json({"event", "list", "--limit", "1000"}))
        types.insert(event["type"].get<std::string>());
    for (const char* type : {"user.created", "product.created", "cart.updated", "order.placed",
                             "reservation.confirmed", "stock.changed"})
        CHECK(types.contains(type));
}

TEST_CASE("purchase: 1,000 concurrent checkouts of 100 pieces sell exactly 100", "[system]") {
    constexpr int buyers = 50;
    constexpr int tries = 1000;
    const RunningShop shop(false);
    REQUIRE(shop.ctl({"product", "create", "LAST", "--name", "The last ones", "--price", "5",
                      "--stock", "100"})
                .exit_code == 0);
    std::atomic<int> next{0}, placed{0}, refused{0};
    std::mutex mutex;
    std::set<std::string> surprises, orders;
    std::vector<std::thread> threads;
    for (int i = 0; i < buyers; ++i)
        threads.emplace_back([&, i] {
            try {
                const std::string token = register_customer(shop, "buyer" + std::to_string(i));
                const api::ApiClient client(connect(shop.url(3)),
                                            [&]() -> Result<std::string> { return token; });
                const auto& table = api::orders_service();
                while (next++ < tries) {
                    const auto added = client.send(table.at("cart_set"), {"LAST"},
                                                   {.body = Json{{"quantity", 1}}});
                    if (!added)
                        (void)client.send(table.at("cart_add"), {},
                                          {.body = Json{{"product", "LAST"}}});
                    const auto order = client.call<api::Order>(
                        table.at("order_create"), {},
                        {.body = Json::object(), .idempotency_key = new_id("key")});
                    const std::lock_guard lock(mutex);
                    if (order && order->state == "placed" && orders.insert(order->id).second)
                        ++placed;
                    else if (!order && order.error().code == Code::conflict)
                        ++refused;
                    else
                        surprises.insert(order ? order->state : order.error().message);
                }
            } catch (const std::exception& error) {
                const std::lock_guard lock(mutex);
                surprises.insert(error.what());
            }
        });
    for (auto& thread : threads) thread.join();
    for (const auto& surprise : surprises) FAIL_CHECK(surprise);
    CHECK(placed == 100);
    CHECK(refused == tries - 100);
    const Json level = shop.json({"stock", "get", "LAST"});
    CHECK(level["on_hand"] == 0);
    CHECK(level["reserved"] == 0);
    CHECK(level["available"] == 0);
    std::int64_t sum = 0;
    for (const Json& movement : shop.json({"stock", "list", "LAST", "--all"}))
        sum += movement["quantity"].get<std::int64_t>();
    CHECK(sum == 0);
    CHECK(shop.json({"order", "list", "--state", "placed", "--all"}).size() == 100);
}

TEST_CASE("purchase: with userd down, signed-in customers go on", "[system]") {
    const RunningShop shop;
    shop.sign_up("ada");
    const auto userd = static_cast<pid_t>(shop.pid_of("userd"));
    REQUIRE(::kill(userd, SIGSTOP) == 0);
    CHECK(shop.ctl({"--context", "ada", "cart", "add", kSku}).exit_code == 0);
    CHECK(shop.ctl({"--context", "ada", "order", "create"}).exit_code == 0);
    CHECK(shop.ctl({"--timeout", "1", "--context", "ada", "whoami"}).exit_code == 6);
    ::kill(userd, SIGCONT);
    CHECK(shop.ctl({"--context", "ada", "whoami"}).exit_code == 0);
}

TEST_CASE(
    "purchase: with productd down, carts and orders are read and checkout says what is missing",
    "[system]") {
    const RunningShop shop;
    shop.sign_up("ada");
    REQUIRE(shop.ctl({"--context", "ada", "cart", "add", kSku}).exit_code == 0);
    const auto before = available(shop);
    const auto productd = static_cast<pid_t>(shop.pid_of("productd"));
    REQUIRE(::kill(productd, SIGSTOP) == 0);
    CHECK(shop.json({"--context", "ada", "cart", "get"})["lines"].size() == 1);
    CHECK(shop.ctl({"--context", "ada", "order", "list"}).exit_code == 0);
    const Ran checkout = shop.ctl({"--timeout", "3", "--context", "ada", "order", "create"});
    CHECK(checkout.exit_code == 6);
    CHECK_THAT(checkout.err, Catch::Contains("productd"));
    ::kill(productd, SIGCONT);
    CHECK(shop.ctl({"--context", "ada", "order", "create"}).exit_code == 0);
    CHECK(available(shop) == before - 1);
}

TEST_CASE("purchase: a daemon that is killed comes back, and nothing acknowledged is lost",
          "[system]") {
    const RunningShop shop;
    shop.sign_up("ada");
    for (const char* service : {"userd", "productd", "orderd"}) {
        INFO(service);
        REQUIRE(shop.ctl({"--context", "ada", "cart", "add", kSku}).exit_code == 0);
        REQUIRE(::kill(static_cast<pid_t>(shop.pid_of(service)), SIGKILL) == 0);
        // Retried until the daemon is back.
        CHECK(shop.ctl({"--context", "ada", "order", "create"}).exit_code == 0);
        CHECK(shop.ctl({"--context", "ada", "whoami"}).exit_code == 0);
    }
    CHECK(shop.json({"order", "list", "--state", "placed"}).size() == 3);
}
