#include <catch2/catch.hpp>

#include "api/client.hpp"
#include "api/products.hpp"
#include "http/front.hpp"
#include "http/problem.hpp"

using namespace shop;
using namespace shop::api;

namespace {

// A server on loopback that answers with what `answer` makes of the request.
class Echo {
public:
    explicit Echo(http::Front::Handler answer)
        : front_(
              {.workers = 2}, std::move(answer),
              [](int status, std::string_view) { return http::Response{status}; },
              [](std::string_view) {}) {
        REQUIRE(front_.listen_tcp("127.0.0.1", 0));
        REQUIRE(front_.start());
    }
    ApiClient client(ApiClient::TokenSource token = nullptr) {
        auto http = http::Client::make("http://127.0.0.1:" + std::to_string(front_.port()), {});
        REQUIRE(http);
        return ApiClient(std::move(*http), std::move(token));
    }

private:
    http::Front front_;
};

}  // namespace

TEST_CASE("target_of: parameters are encoded and the query follows", "[api]") {
    const auto& row = products_service().at("product_get");
    CHECK(target_of(row, {"a b/ü"}, {}) == "/v1/products/a%20b%2F%C3%BC");
    CHECK(target_of(products_service().at("product_list"), {}, {{"q", "a&b"}, {"limit", "2"}}) ==
          "/v1/products?q=a%26b&limit=2");
}

TEST_CASE("ApiClient: sends what the call needs and decodes the answer", "[api]") {
    http::Request seen;
    Echo echo([&](http::Request& request) {
        seen = request;
        http::Response response;
        response.body =
            R"({"on_hand":3,"reserved":1,"available":2,"version":7,"of_a_newer_release":1})";
        return response;
    });
    const auto client = echo.client([]() -> Result<std::string> { return "the-token"; });
    const auto level = client.call<StockLevel>(products_service().at("stock_get"), {"7"});
    REQUIRE(level);
    CHECK(level->available == 2);
    CHECK(seen.target == "/v1/products/7/stock");
    CHECK(seen.headers.get("authorization") == "Bearer the-token");
    REQUIRE(client.send(products_service().at("product_update"), {"7"},
                        {.body = Json{{"name", "x"}}, .if_match = "\"1\""}));
    CHECK(seen.headers.get("content-type") == "application/merge-patch+json");
    CHECK(seen.headers.get("if-match") == "\"1\"");
    REQUIRE(client.send(products_service().at("product_create"), {},
                        {.body = Json::object(), .idempotency_key = "k-1"}));
    CHECK(seen.headers.get("idempotency-key") == "k-1");
}

TEST_CASE("ApiClient: a problem document becomes an Error", "[api]") {
    Echo echo([](http::Request&) {
        return http::problem({Code::conflict, "Only 3 left.", {{"/lines/0/quantity", "only 3"}}},
                             "req_1");
    });
    const auto answer = echo.client().send(products_service().at("product_get"), {"7"});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::conflict);
    CHECK(answer.error().message == "Only 3 left.");
    REQUIRE(answer.error().fields.size() == 1);
    CHECK(answer.error().fields[0].pointer == "/lines/0/quantity");
}

TEST_CASE("ApiClient: a failing token source ends the call", "[api]") {
    Echo echo([](http::Request&) { return http::Response{}; });
    const auto client = echo.client(
        []() -> Result<std::string> { return fail(Code::unauthenticated, "Sign in."); });
    const auto answer = client.send(products_service().at("product_get"), {"7"});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::unauthenticated);
}
