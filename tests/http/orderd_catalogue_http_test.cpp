// The catalogue over HTTP, against a server that answers what a test tells it to.
#include <catch2/catch.hpp>

#include <mutex>

#include "http/front.hpp"
#include "http/problem.hpp"
#include "orderd/catalogue_http.hpp"
#include "support/rig.hpp"

namespace shop::test {
namespace {

class ScriptedServer {
public:
    ScriptedServer()
        : front_(
              {.workers = 2}, [this](http::Request& request) { return answer(request); },
              [](int status, std::string_view) { return http::Response{status}; },
              [](std::string_view) {}) {
        REQUIRE(front_.listen_tcp("127.0.0.1", 0));
        REQUIRE(front_.start());
    }
    ~ScriptedServer() { front_.drain(std::chrono::seconds(1)); }

    std::string url() const { return fmt::format("http://127.0.0.1:{}", front_.port()); }
    // What is answered from now on.
    void say(http::Response response) {
        const std::lock_guard lock(mutex_);
        next_ = std::move(response);
    }
    void say(const Error& error) { say(http::problem(error, "req_1")); }
    std::vector<http::Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    http::Response answer(http::Request& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        return next_;
    }

    mutable std::mutex mutex_;
    http::Response next_;
    std::vector<http::Request> requests_;
    http::Front front_;
};

struct Fixture {
    ScriptedServer server;
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    std::unique_ptr<orders::Catalogue> catalogue = std::move(*orders::make_http_catalogue(
        server.url(), [] { return Result<std::string>("secret"); }, clock));
    events::Origin by{.request_id = "req_7", .traceparent = "00-1-2-00"};

    void say_products(const std::vector<api::Product>& products) {
        http::Response response;
        response.headers.add("content-type", "application/json");
        response.body = schema::encode_text(api::ProductPage{products, std::nullopt});
        server.say(response);
    }
    static api::Product product(int number) {
        api::Product out;
        out.id = fmt::format("prd_{:032x}", number);
        out.number = number;
        out.sku = "A/B";
        return out;
    }
};

TEST_CASE("catalogue: a product is looked up once a second", "[orderd]") {
    Fixture f;
    f.say_products({Fixture::product(1)});
    REQUIRE(f.catalogue->find(f.by, "A/B"));
    REQUIRE(f.catalogue->find(f.by, "A/B"));
    REQUIRE(f.server.requests().size() == 1);
    const auto request = f.server.requests().at(0);
    CHECK(request.target == "/v1/products?limit=200&ref=A%2FB");
    CHECK(request.headers.get("authorization") == "Bearer secret");
    CHECK(request.headers.get("x-request-id") == "req_7");
    CHECK(request.headers.get("traceparent") == "00-1-2-00");
    f.clock.advance(std::chrono::seconds(1));
    REQUIRE(f.catalogue->find(f.by, "A/B"));
    CHECK(f.server.requests().size() == 2);
}

TEST_CASE("catalogue: what nobody has is not found, and not remembered", "[orderd]") {
    Fixture f;
    f.say_products({});
    CHECK(f.catalogue->find(f.by, "X").error().code == Code::not_found);
    f.say_products({Fixture::product(1)});
    CHECK(f.catalogue->find(f.by, "X"));
    CHECK(f.catalogue->find(f.by, "X,Y").error().code == Code::not_found);
}

TEST_CASE("catalogue: many products are asked for in queries that fit", "[orderd]") {
    Fixture f;
    f.say_products({Fixture::product(1)});
    std::vector<std::string> ids;
    for (int i = 0; i < 200; ++i) ids.push_back(Fixture::product(i).id);
    const auto found = f.catalogue->find_many(f.by, ids);
    REQUIRE(found);
    CHECK(f.server.requests().size() == 3);
    CHECK(found->size() == 3);
    for (const auto& request : f.server.requests())
        CHECK(request.target.size() <= limits::kUrlBytesMax);
}

TEST_CASE("catalogue: an order's lines are held, sold and given back under its id", "[orderd]") {
    Fixture f;
    f.server.say(http::Response{200, {}, "{}"});
    api::Order order;
    order.id = "ord_1";
    order.lines = {{.product_id = "prd_1", .quantity = 2}};
    REQUIRE(f.catalogue->reserve(f.by, order));
    REQUIRE(f.catalogue->confirm(f.by, order.id));
    REQUIRE(f.catalogue->release(f.by, order.id));
    const auto requests = f.server.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].method + " " + requests[0].target == "PUT /v1/reservations/ord_1");
    CHECK(requests[0].body == R"({"lines":[{"product_id":"prd_1","quantity":2}]})");
    CHECK(requests[1].method + " " + requests[1].target == "POST /v1/reservations/ord_1/confirm");
    CHECK(requests[2].method + " " + requests[2].target == "POST /v1/reservations/ord_1/release");
}

TEST_CASE("catalogue: productd's own answers come through, everything else is silence",
          "[orderd]") {
    Fixture f;
    for (const auto& row : all_codes()) {
        INFO(row.name);
        f.server.say(Error{row.code, "so it is", {{"/lines/0/quantity", "only 1"}}});
        const auto answer = f.catalogue->confirm(f.by, "ord_1");
        REQUIRE_FALSE(answer);
        const bool own = row.code == Code::not_found || row.code == Code::conflict ||
                         row.code == Code::invalid_argument;
        CHECK(answer.error().code == (own ? row.code : Code::unavailable));
        if (own)
            CHECK(answer.error().fields.at(0).message == "only 1");
        else
            CHECK_THAT(answer.error().message, Catch::Contains("productd"));
    }
}

TEST_CASE("catalogue: nothing to give back is a success", "[orderd]") {
    Fixture f;
    f.server.say(Error{Code::not_found, "no reservation"});
    CHECK(f.catalogue->release(f.by, "ord_1"));
}

TEST_CASE("catalogue: where nobody listens it is unavailable", "[orderd]") {
    std::string url;
    {
        const ScriptedServer server;
        url = server.url();
    }
    const ManualClock clock(Time{});
    const auto catalogue = std::move(*orders::make_http_catalogue(
        url, [] { return Result<std::string>("secret"); }, clock));
    CHECK(catalogue->ping().error().code == Code::unavailable);
    CHECK(catalogue->find({}, "X").error().code == Code::unavailable);
    CHECK(catalogue->find_many({}, {"X"}).error().code == Code::unavailable);
    api::Order order;
    order.id = "ord_1";
    CHECK(catalogue->reserve({}, order).error().code == Code::unavailable);
    CHECK(catalogue->confirm({}, "ord_1").error().code == Code::unavailable);
    CHECK(catalogue->release({}, "ord_1").error().code == Code::unavailable);
}

TEST_CASE("catalogue: a URL that is none is refused", "[orderd]") {
    const ManualClock clock(Time{});
    CHECK_FALSE(orders::make_http_catalogue("ftp://x", {}, clock));
}

}  // namespace
}  // namespace shop::test
