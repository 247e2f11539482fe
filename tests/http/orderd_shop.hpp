// An orderd in a folder of its own over a catalogue in memory, and short words for its calls.
// Answers are held against the endpoint table by the rig.
//
// Thread safety: raw_call() may be called from several threads; the rest from one.
#pragma once

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/wire.hpp"
#include "orderd/app.hpp"
#include "orderd/cart.hpp"
#include "orderd_fake_catalogue.hpp"
#include "support/rig.hpp"

namespace shop::test {

struct As {
    std::string role = "customer";
    std::string key = "";  // Idempotency-Key
};

class OrderShop {
public:
    explicit OrderShop(orders::Authorise authorise = orders::authorise_all)
        : authorise_(std::move(authorise)) {
        reopen();
    }

    orders::OrderApp& app() { return *app_; }
    FakeCatalogue& catalogue() { return *catalogue_; }
    ManualClock& clock() { return rig_.clock(); }
    Rig& rig() { return rig_; }
    std::string user_id(const std::string& role) const { return rig_.principal(role).user_id; }

    // The process ends, whatever it was at, and a new one starts on the same store. The keys of the
    // course's API are the roles' names.
    void reopen() {
        app_.reset();
        auto app = orders::OrderApp::open(
            {.data_dir = rig_.folder() / "orderd",
             .currency = "GBP",
             .course_api = true,
             .catalogue = catalogue_,
             .counterpart = catalogue_,
             .authorise = authorise_,
             .key_resolver = [this](std::string_view key) -> Result<auth::Principal> {
                 auto principal = rig_.principal(key);
                 if (!principal.known()) return fail(Code::unauthenticated, "unknown key");
                 return principal;
             },
             .clock = rig_.clock(),
             .metrics = rig_.metrics(),
             .verifier = rig_.verifier(),
             .version = "0.0.0",
             .commit = "test"});
        if (!app) throw std::runtime_error(app.error().message);
        app_ = std::move(*app);
    }

    http::Response call(const std::string& method, const std::string& target,
                        const std::string& body = "", const As& as = {}) {
        return rig_.send(app_->service(), as.role, method, target, body, headers_of(as));
    }
    // Without a check of the answer.
    http::Response raw_call(const std::string& method, const std::string& target,
                            const std::string& body, const As& as = {}) {
        http::Request wanted{.method = method, .target = target, .body = body};
        wanted.headers.add("authorization", "Bearer " + rig_.token(as.role));
        wanted.headers.add("content-type", "application/json");
        for (const auto& [name, value] : headers_of(as)) wanted.headers.add(name, value);
        http::Request request;
        http::read_request_head(http::write_request(wanted, "test"), request);
        request.body = body;
        request.peer.address = "127.0.0.1";
        return app_->service().handle(request);
    }
    // A call in the middle of which the process dies, by a fault of the catalogue: nothing after it
    // is done.
    void crashing_call(const std::string& method, const std::string& target,
                       const std::string& body, const As& as = {}) {
        REQUIRE(raw_call(method, target, body, as).status == 500);
    }
    // A call of the course's API: a form and a key.
    http::Response course(const std::string& method, const std::string& target,
                          const std::string& form = "", const std::string& key = "customer") {
        HeaderList headers;
        if (!form.empty())
            headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return rig_.send_raw(app_->service(), key.empty() ? "" : "Basic " + key, method, target,
                             form, headers);
    }

    http::Response add(const std::string& product, std::int64_t quantity,
                       const std::string& key = "") {
        return call("POST", "/v1/cart/lines",
                    fmt::format(R"({{"product":"{}","quantity":{}}})", product, quantity),
                    {.key = key});
    }
    http::Response set(const std::string& product, std::int64_t quantity) {
        return call("PUT", "/v1/cart/lines/" + product,
                    fmt::format(R"({{"quantity":{}}})", quantity));
    }
    http::Response check_out(const std::string& key, const std::string& note = "") {
        return call("POST", "/v1/orders", dump(Json{{"note", note}}), {.key = key});
    }

    // Stores a cart as it is, without a call.
    Result<void> save(api::Cart& cart) {
        const events::Origin origin{.action = "test", .now = clock().now()};
        return app_->saga().change(origin, [&](events::Change& change) {
            return orders::save_cart(app_->tables(), change, cart, "GBP");
        });
    }

    // All orders, the newest first.
    Json orders() {
        return json_of(call("GET", "/v1/orders?limit=200", "", {.role = "admin"})).at("items");
    }
    std::size_t order_count() { return orders().size(); }
    Json events() {
        return json_of(call("GET", "/v1/events?limit=200", "", {.role = "admin"})).at("items");
    }
    std::vector<std::string> event_types() {
        std::vector<std::string> types;
        for (const auto& event : events()) types.push_back(event.at("type").get<std::string>());
        return types;
    }

private:
    static HeaderList headers_of(const As& as) {
        return as.key.empty() ? HeaderList{} : HeaderList{{"idempotency-key", as.key}};
    }

    Rig rig_;
    std::shared_ptr<FakeCatalogue> catalogue_ = std::make_shared<FakeCatalogue>();
    orders::Authorise authorise_;
    std::unique_ptr<orders::OrderApp> app_;
};

// What `work` gives in so many threads that start together.
inline std::vector<int> at_once(std::size_t count, const std::function<int(std::size_t)>& work) {
    std::vector<int> results(count);
    std::latch start(static_cast<std::ptrdiff_t>(count));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            results[i] = work(i);
        });
    for (auto& thread : threads) thread.join();
    return results;
}

// Whether it comes true within half a minute.
inline bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 3000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace shop::test
