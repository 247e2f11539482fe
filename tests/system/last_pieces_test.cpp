// Many buyers of few pieces: exactly what is there is sold, over HTTP, on the real daemons.
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "api/client.hpp"
#include "api/orders.hpp"
#include "api/users.hpp"
#include "http/client.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

constexpr int kPieces = 100;
constexpr int kTries = 1000;
constexpr int kBuyers = 64;

std::unique_ptr<api::ApiClient> client_of(const test::RunningShop& shop, const std::string& service,
                                          const std::string& token) {
    auto http = http::Client::make(shop.url(service), {.deadline = std::chrono::seconds(30),
                                                       .retry_for = std::chrono::seconds(60)});
    if (!http) throw std::runtime_error(http.error().message);
    return std::make_unique<api::ApiClient>(std::move(*http),
                                            [token] { return Result<std::string>(token); });
}

// What the buyers saw, together.
struct Tally {
    std::mutex mutex;
    std::set<std::string> orders;
    std::string last_key;    // of an order that was placed
    std::string last_order;  // its id
    std::string last_token;
    int sold_out = 0;
    std::vector<std::string> unexpected;

    void placed(const std::string& token, const std::string& key, const std::string& order) {
        const std::lock_guard lock(mutex);
        if (!orders.insert(order).second) unexpected.push_back("twice: " + order);
        last_key = key;
        last_order = order;
        last_token = token;
    }
    void failed(const std::string& where, const Error& error) {
        const std::lock_guard lock(mutex);
        if (error.code == Code::conflict)
            ++sold_out;
        else
            unexpected.push_back(where + ": " + error.message);
    }
};

// Tries until all tries of all buyers are made. A try is a piece in the cart and a checkout; either
// may find that nothing is left. No assertions here: they belong to the test's own thread.
void buy(const test::RunningShop& shop, const std::string& token, std::atomic<int>& tries,
         Tally& tally) {
    const auto& table = api::orders_service();
    const auto client = client_of(shop, "orderd", token);
    for (int number = 0; (number = tries.fetch_add(1)) < kTries;) {
        const std::string key = "try-" + std::to_string(number);
        // Another try may have left the piece in the cart: one is set, not added.
        auto put = client->send(table.at("cart_set"), {"LAST"}, {.body = Json{{"quantity", 1}}});
        if (!put)
            put = client->send(table.at("cart_add"), {},
                               {.body = Json{{"product", "LAST"}, {"quantity", 1}},
                                .idempotency_key = "cart-" + key});
        if (!put) {
            tally.failed("cart", put.error());
            continue;
        }
        const auto order = client->call<api::Order>(
            table.at("order_create"), {}, {.body = Json::object(), .idempotency_key = key});
        if (order)
            tally.placed(token, key, order->id);
        else
            tally.failed("checkout", order.error());
    }
}

std::vector<std::string> tokens_of_buyers(const test::RunningShop& shop) {
    const auto users = client_of(shop, "userd", "");
    const auto& table = api::users_service();
    std::vector<std::string> tokens;
    for (int i = 0; i < kBuyers; ++i) {
        const std::string name = "buyer" + std::to_string(i);
        const auto made = users->send(table.at("user_create"), {},
                                      {.body = Json{{"username", name},
                                                    {"email", name + "@example.org"},
                                                    {"password", test::kPassword}}});
        REQUIRE(made);
        tokens.push_back(shop.token(name, test::kPassword));
    }
    return tokens;
}

void check_books(const test::RunningShop& shop) {
    const Json level = shop.json({"stock", "get", "LAST"});
    CHECK(level["on_hand"] == 0);
    CHECK(level["reserved"] == 0);
    CHECK(level["available"] == 0);
    std::int64_t sum = 0;
    int sales = 0;
    for (const Json& movement : shop.json({"stock", "list", "LAST", "--all"})) {
        sum += movement["quantity"].get<std::int64_t>();
        sales += movement["kind"] == "sale";
    }
    CHECK(sum == 0);
    CHECK(sales == kPieces);
    CHECK(shop.json({"order", "list", "--state", "placed", "--all"}).size() == kPieces);
    CHECK(shop.json({"order", "list", "--state", "pending", "--all"}).empty());
}

}  // namespace

TEST_CASE("checkout: 1,000 concurrent tries for 100 pieces sell exactly 100") {
    const test::RunningShop shop;
    shop.ok({"product", "create", "LAST", "--name", "Last", "--price", "3", "--stock",
             std::to_string(kPieces)});
    const auto tokens = tokens_of_buyers(shop);
    std::atomic<int> tries{0};
    Tally tally;
    std::vector<std::thread> buyers;
    for (const auto& token : tokens) buyers.emplace_back([&] { buy(shop, token, tries, tally); });
    for (auto& buyer : buyers) buyer.join();

    for (const auto& what : tally.unexpected) UNSCOPED_INFO(what);
    CHECK(tally.unexpected.empty());
    CHECK(tally.orders.size() == kPieces);
    CHECK(tally.sold_out == kTries - kPieces);
    check_books(shop);

    // The same key again is the same order, and nothing more is sold.
    const auto again =
        client_of(shop, "orderd", tally.last_token)
            ->call<api::Order>(api::orders_service().at("order_create"), {},
                               {.body = Json::object(), .idempotency_key = tally.last_key});
    REQUIRE(again);
    CHECK(again->id == tally.last_order);
    check_books(shop);
}
