// Load on a running shop: N connections, each with a customer of its own, in a closed loop for some
// seconds.
//
//     bench_driver wait URL                       until /readyz says 200; prints nothing
//     bench_driver cart|checkout BASE_PORT CONNECTIONS SECONDS SKU
//     bench_driver sign-in BASE_PORT CONNECTIONS SECONDS
//     bench_driver token BASE_PORT                a new customer's access token
//
// `sign-in` signs in with a password again and again. `cart` puts one piece into the cart again and
// again; `checkout` counts whole checkouts (one piece into the cart, then the order; only the order
// is timed). Prints: operations/s, p50 and p99 in ms.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/client.hpp"
#include "api/users.hpp"
#include "base/id.hpp"

namespace {

using namespace shop;
using SteadyClock = std::chrono::steady_clock;
using Nanos = std::chrono::nanoseconds;

constexpr const char* kPassword = "correct horse battery";
constexpr auto kDeadline = std::chrono::seconds(30);

// Without a circuit breaker: what is measured is the server, and not the client's patience.
std::unique_ptr<http::Client> connect(const std::string& url) {
    auto client = http::Client::make(url, {.deadline = kDeadline, .breaker_failures = 0});
    if (!client) throw std::runtime_error(client.error().message);
    return std::move(*client);
}

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

enum class What { cart, checkout, sign_in };

struct Load {
    What what = What::cart;
    int base_port = 0;
    int connections = 0;
    int seconds = 0;
    std::string sku;
    std::string url(int service) const {
        return fmt::format("http://127.0.0.1:{}", base_port + service);
    }
};

struct Customer {
    std::string name, token;
};

std::string sign_in(const api::ApiClient& users, const std::string& name) {
    const Json credentials{{"username", name}, {"password", kPassword}};
    return must(users.call<api::Session>(api::users_service().at("session_create"), {},
                                         {.body = credentials}))
        .access_token;
}

Customer sign_up(const Load& load) {
    const api::ApiClient users(connect(load.url(1)), nullptr);
    const std::string name = new_id("b").substr(2);
    const Json account = {
        {"username", name}, {"email", name + "@example.org"}, {"password", kPassword}};
    must(users.send(api::users_service().at("user_create"), {}, {.body = account}));
    return {name, sign_in(users, name)};
}

// One customer's loop; the times of its operations.
std::vector<Nanos> sign_in_until(const Load& load, const std::string& name,
                                 SteadyClock::time_point end) {
    const api::ApiClient users(connect(load.url(1)), nullptr);
    std::vector<Nanos> times;
    for (auto now = SteadyClock::now(); now < end; now = SteadyClock::now()) {
        sign_in(users, name);
        times.push_back(SteadyClock::now() - now);
    }
    return times;
}

std::vector<Nanos> shop_until(const Load& load, const std::string& token,
                              SteadyClock::time_point end) {
    const api::ApiClient orders(connect(load.url(3)),
                                [&]() -> Result<std::string> { return token; });
    const auto& add = api::orders_service().at("cart_add");
    const auto& place = api::orders_service().at("order_create");
    const Json line = {{"product", load.sku}, {"quantity", 1}};
    std::vector<Nanos> times;
    for (auto now = SteadyClock::now(); now < end; now = SteadyClock::now()) {
        must(orders.send(add, {}, {.body = line}));
        if (load.what == What::checkout) {
            now = SteadyClock::now();
            must(
                orders.send(place, {}, {.body = Json::object(), .idempotency_key = new_id("key")}));
        }
        times.push_back(SteadyClock::now() - now);
    }
    return times;
}

int run(const Load& load) {
    std::vector<Customer> customers;
    for (int i = 0; i < load.connections; ++i) customers.push_back(sign_up(load));
    std::mutex mutex;
    std::vector<Nanos> times;
    std::atomic<int> failed{0};
    const auto end = SteadyClock::now() + std::chrono::seconds(load.seconds);
    std::vector<std::thread> threads;
    for (const auto& customer : customers)
        threads.emplace_back([&, customer] {
            try {
                const auto mine = load.what == What::sign_in
                                      ? sign_in_until(load, customer.name, end)
                                      : shop_until(load, customer.token, end);
                const std::lock_guard lock(mutex);
                times.insert(times.end(), mine.begin(), mine.end());
            } catch (const std::exception& error) {
                ++failed;
                fmt::print(stderr, "{}\n", error.what());
            }
        });
    for (auto& thread : threads) thread.join();
    if (times.empty() || failed > 0) return 1;
    std::ranges::sort(times);
    const auto at = [&](double share) {
        const auto index = static_cast<std::size_t>(share * static_cast<double>(times.size() - 1));
        return std::chrono::duration<double, std::milli>(times[index]).count();
    };
    fmt::print("{:.0f} {:.2f} {:.2f}\n", static_cast<double>(times.size()) / load.seconds, at(0.5),
               at(0.99));
    return 0;
}

int wait_ready(const std::string& url) {
    const auto client = connect(url);
    http::Request request;
    request.method = "GET";
    request.target = "/readyz";
    for (int i = 0; i < 10'000; ++i) {
        const auto answer = client->send(request, true);
        if (answer && answer->status == 200) return 0;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 2 && words[0] == "wait") return wait_ready(words[1]);
        if (words.size() == 5 && (words[0] == "cart" || words[0] == "checkout"))
            return run({words[0] == "checkout" ? What::checkout : What::cart, std::stoi(words[1]),
                        std::stoi(words[2]), std::stoi(words[3]), words[4]});
        if (words.size() == 4 && words[0] == "sign-in")
            return run(
                {What::sign_in, std::stoi(words[1]), std::stoi(words[2]), std::stoi(words[3]), ""});
        if (words.size() == 2 && words[0] == "token") {
            fmt::print("{}\n", sign_up({.base_port = std::stoi(words[1])}).token);
            return 0;
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_driver: {}\n", error.what());
        return 1;
    }
    fmt::print(stderr, "Usage: see the head of tests/bench/driver.cpp\n");
    return 2;
}
