// Customers of a shop while it is deployed: they look, fill carts, buy, cancel and sign in, over
// connections that are kept and over new ones, at a steady rate, and count what goes wrong.
//
//     deploy_load BASE_PORT CUSTOMERS REQUESTS_A_SECOND SKU...
//
// until SIGTERM or SIGINT. Prints one JSON object then:
//     {"requests": 50000, "failed": 0, "slowest_ms": 87.1, "repeated": 12, "fresh": 12500,
//      "orders": 4100, "seconds": 71.2, "faults": ["…"], "slow": ["…"]}
//
// A request fails where it has no answer within 30 s or one of 400 and above. One is repeated, as
// every HTTP client does, where a kept connection was closed under it before a byte of an answer
// came, once, on a fresh connection; its time counts from the first attempt. Exit code 0 also
// where requests failed: whoever started it judges.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <iostream>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "api/client.hpp"
#include "api/orders.hpp"
#include "api/users.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "http/exchange.hpp"
#include "http/wire.hpp"

namespace {

using namespace shop;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Millis = std::chrono::duration<double, std::milli>;

constexpr auto kPatience = 30s;
constexpr auto kSlow = 250ms;       // worth a line
constexpr std::size_t kLines = 20;  // the first faults, the slowest requests
constexpr std::size_t kAnswerBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kSignInEach =
    2000;  // requests of one customer: a token is good for ten minutes
constexpr std::size_t kRound = 8;
constexpr const char* kPassword = "correct horse battery";

class Books {
public:
    void note(const std::string& what, Millis took, const std::string& fault) {
        const std::lock_guard lock(mutex_);
        ++requests_;
        slowest_ = std::max(slowest_, took);
        const std::string line = fmt::format(
            "{} {} {:.0f} ms {}", format_time(system_clock().now()), what, took.count(), fault);
        if (!fault.empty() && ++failed_ <= kLines) faults_.push_back(line);
        if (took <= kSlow) return;
        slow_.emplace(took, line);
        if (slow_.size() > kLines) slow_.erase(slow_.begin());
    }
    void note_repeated() { ++repeated_; }
    void note_fresh() { ++fresh_; }
    void note_order() { ++orders_; }

    Json json(SteadyClock::duration took) {
        const std::lock_guard lock(mutex_);
        Json slow = Json::array();
        for (const auto& [time, line] : slow_) slow.push_back(line);
        return {{"requests", requests_},
                {"failed", failed_},
                {"slowest_ms", std::round(slowest_.count() * 10) / 10},
                {"repeated", repeated_.load()},
                {"fresh", fresh_.load()},
                {"orders", orders_.load()},
                {"seconds", std::chrono::duration<double>(took).count()},
                {"faults", faults_},
                {"slow", slow}};
    }

private:
    std::mutex mutex_;
    std::size_t requests_ = 0;
    std::size_t failed_ = 0;
    Millis slowest_{0};
    std::vector<std::string> faults_;
    std::multimap<Millis, std::string> slow_;  // the slowest
    std::atomic<std::size_t> repeated_{0};
    std::atomic<std::size_t> fresh_{0};
    std::atomic<std::size_t> orders_{0};
};

// One connection that is kept, and each fourth time a new one; every request is in the books.
class CountingClient final : public http::Client {
public:
    CountingClient(http::Address address, Books& books)
        : address_(std::move(address)), books_(books) {}

    const std::string& url() const override { return address_.url; }
    bool circuit_open() const override { return false; }

    Result<http::Response> send(const http::Request& request, bool repeatable) override {
        const auto began = SteadyClock::now();
        auto response = attempt(http::write_request(request, address_.host_field), repeatable,
                                began + kPatience);
        std::string fault;
        if (!response)
            fault = response.error().message;
        else if (response->status >= 400)
            fault = fmt::format("{} {}", response->status, response->body.substr(0, 300));
        books_.note(request.method + " " + address_.url + request.target,
                    SteadyClock::now() - began, fault);
        return response;
    }

private:
    Result<http::Response> attempt(const std::string& bytes, bool repeatable,
                                   http::TimePoint until) {
        constexpr int kFreshEach = 4;
        bool answered = false;
        http::Channel kept = std::exchange(kept_, http::Channel());
        if (kept && ++sent_ % kFreshEach != 0 && http::is_usable(kept)) {
            auto response = exchange(std::move(kept), bytes, until, answered);
            const bool closed_under_us =
                !response && response.error().code == Code::unavailable && !answered;
            if (!closed_under_us || !repeatable) return response;
            books_.note_repeated();
        }
        books_.note_fresh();
        SHOP_TRY(fresh, http::connect(address_, until));
        return exchange(std::move(fresh), bytes, until, answered);
    }

    Result<http::Response> exchange(http::Channel channel, const std::string& bytes,
                                    http::TimePoint until, bool& answered) {
        SHOP_TRY(done,
                 http::exchange(channel, address_, bytes, false, kAnswerBytesMax, until, answered));
        if (done.keep_alive) kept_ = std::move(channel);
        return std::move(done.response);
    }

    const http::Address address_;
    Books& books_;
    http::Channel kept_;
    int sent_ = 0;
};

struct Plan {
    int base_port = 0;
    int customers = 0;
    double rate = 0;  // requests a second, of all
    std::vector<std::string> skus;
};

class Customer {
public:
    Customer(const Plan& plan, int number, Books& books)
        : plan_(plan),
          number_(number),
          name_(new_id("c").substr(2)),
          users_(client(1, books), [this]() -> Result<std::string> { return token_; }),
          products_(client(2, books), nullptr),
          orders_(client(3, books), [this]() -> Result<std::string> { return token_; }) {
        const Json account{
            {"username", name_}, {"email", name_ + "@example.org"}, {"password", kPassword}};
        if (auto made = users_.send(api::users_service().at("user_create"), {},
                                    {.body = account, .idempotency_key = new_id("key")});
            !made)
            throw std::runtime_error(made.error().message);
        if (!sign_in()) throw std::runtime_error("a customer cannot sign in");
    }

    // In the rhythm of the plan; what is late is made up for, as real customers do not wait for
    // each other.
    void shop_until(const std::stop_token& stop, Books& books) {
        const auto pause = std::chrono::duration_cast<SteadyClock::duration>(
            std::chrono::duration<double>(plan_.customers / plan_.rate));
        auto next = SteadyClock::now();
        for (auto turn = first_turn(); !stop.stop_requested(); ++turn) {
            do_one(turn, books);
            next = std::max(next + pause, SteadyClock::now() - 1s);
            std::this_thread::sleep_until(next);
        }
    }

private:
    // The first of a round, and not the same for all: they do not sign in at the same moment.
    std::size_t first_turn() const {
        const auto share = static_cast<std::size_t>(number_) * kSignInEach /
                           static_cast<std::size_t>(plan_.customers);
        return share / kRound * kRound;
    }

    std::unique_ptr<http::Client> client(int service, Books& books) const {
        auto address =
            http::parse_address(fmt::format("http://127.0.0.1:{}", plan_.base_port + service));
        if (!address) throw std::runtime_error(address.error().message);
        return std::make_unique<CountingClient>(std::move(*address), books);
    }

    bool sign_in() {
        auto session =
            users_.call<api::Session>(api::users_service().at("session_create"), {},
                                      {.body = Json{{"username", name_}, {"password", kPassword}}});
        if (session) token_ = session->access_token;
        return session.has_value();
    }

    void look(const char* endpoint, const std::vector<std::string>& params) {
        (void)products_.send(api::products_service().at(endpoint), params);
    }

    void look_at_account() { (void)users_.send(api::users_service().at("user_get"), {"me"}); }

    void buy(Books& books) {
        auto order =
            orders_.call<api::Order>(api::orders_service().at("order_create"), {},
                                     {.body = Json::object(), .idempotency_key = new_id("key")});
        if (!order) return;
        books.note_order();
        last_order_ = order->id;
    }

    void cancel() {
        if (last_order_.empty()) return;
        (void)orders_.send(api::orders_service().at("order_cancel"), {last_order_},
                           {.body = Json::object(), .idempotency_key = new_id("key")});
        last_order_.clear();
    }

    // A round of eight: three looks, a cart, an order, its undoing.
    void do_one(std::size_t turn, Books& books) {
        if (turn % kSignInEach == kSignInEach - 1) {
            sign_in();
            return;
        }
        const auto& sku = plan_.skus[turn / kRound % plan_.skus.size()];
        switch (turn % kRound) {
            case 0:
                return look("product_list", {});
            case 1:
                return look("product_get", {sku});
            case 2:
                return (void)orders_.send(api::orders_service().at("cart_add"), {},
                                          {.body = Json{{"product", sku}, {"quantity", 1}},
                                           .idempotency_key = new_id("key")});
            case 3:
                return (void)orders_.send(api::orders_service().at("cart_get"), {});
            case 4:
                return buy(books);
            case 5:
                return look_at_account();
            case 6:
                return cancel();
            default:
                return look("stock_get", {sku});
        }
    }

    const Plan& plan_;
    const int number_;
    const std::string name_;
    std::string token_;
    std::string last_order_;
    api::ApiClient users_, products_, orders_;
};

int run(const Plan& plan) {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&ending, signal);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // threads inherit it
    std::signal(SIGPIPE, SIG_IGN);
    Books books;
    std::vector<std::unique_ptr<Customer>> customers;
    for (int i = 0; i < plan.customers; ++i)
        customers.push_back(std::make_unique<Customer>(plan, i, books));
    const auto began = SteadyClock::now();
    {
        std::vector<std::jthread> threads;
        for (const auto& customer : customers)
            threads.emplace_back(
                [&](const std::stop_token& stop) { customer->shop_until(stop, books); });
        std::cerr << "begun" << std::endl;
        int signal = 0;
        sigwait(&ending, &signal);
        for (auto& thread : threads) thread.request_stop();
    }
    std::cout << dump(books.json(SteadyClock::now() - began)) << std::endl;
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 4) {
        std::cerr << "Usage: see the head of tests/system/deploy_load.cpp\n";
        return 2;
    }
    try {
        return run({std::stoi(words[0]),
                    std::stoi(words[1]),
                    std::stod(words[2]),
                    {words.begin() + 3, words.end()}});
    } catch (const std::exception& error) {
        std::cerr << "deploy_load: " << error.what() << "\n";
        return 1;
    }
}
