#include <catch2/catch.hpp>

#include "orderd_shop.hpp"

namespace shop::test {
namespace {

using Figures = FakeCatalogue::Figures;

std::string detail(const http::Response& answer) {
    return json_of(answer).at("detail").get<std::string>();
}
Json cart_of(OrderShop& shop) { return json_of(shop.call("GET", "/v1/cart")); }

TEST_CASE("checkout: the cart becomes a placed order and is empty", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 100, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    REQUIRE(shop.add("CUP", 1).status == 200);
    const Json cart = cart_of(shop);
    const auto answer = shop.check_out("key-1", "ring twice");
    REQUIRE(answer.status == 201);
    const Json order = json_of(answer);
    CHECK(order.at("state") == "placed");
    CHECK(order.at("number") == 1);
    CHECK(order.at("note") == "ring twice");
    CHECK(order.at("lines") == cart.at("lines"));
    CHECK(order.at("total") == cart.at("total"));
    CHECK(order.at("user_id") == shop.user_id("customer"));
    CHECK(order.contains("placed_at"));
    CHECK(answer.headers.get("location") == "/v1/orders/" + order.at("id").get<std::string>());
    CHECK(cart_of(shop).at("lines").empty());
    CHECK(shop.catalogue().figures("MUG") == Figures{8, 0});
    CHECK(json_of(shop.call("GET", "/v1/orders/1")) == order);
    CHECK(shop.event_types() == std::vector<std::string>{"cart.updated", "cart.updated",
                                                         "order.pending", "order.placed",
                                                         "cart.updated"});
}

TEST_CASE("checkout: the lines of an order stay when the product changes", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    REQUIRE(shop.check_out("key-1").status == 201);
    shop.catalogue().set_price("MUG", {999, "GBP"});
    shop.catalogue().remove("MUG");
    const Json order = json_of(shop.call("GET", "/v1/orders/1"));
    CHECK(order.at("lines").at(0).at("unit_price").at("amount") == 295);
    CHECK(order.at("lines").at(0).at("name") == "The MUG");
}

TEST_CASE("checkout: without an Idempotency-Key it is refused", "[orderd]") {
    OrderShop shop;
    CHECK(shop.call("POST", "/v1/orders", "{}").status == 400);
}

TEST_CASE("checkout: bad input is refused and nothing is ordered", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    for (const std::string& body :
         {std::string(R"({"note":7})"), std::string(R"({"x":1})"), std::string("["),
          R"({"note":")" + std::string(501, 'x') + R"("})"}) {
        INFO(body);
        CHECK(shop.call("POST", "/v1/orders", body, {.key = "key-1"}).status == 400);
    }
    CHECK(shop.order_count() == 0);
    CHECK(shop.catalogue().calls("reserve") == 0);
}

TEST_CASE("checkout: of an empty cart it is a conflict", "[orderd]") {
    OrderShop shop;
    const auto answer = shop.check_out("key-1");
    CHECK(answer.status == 409);
    CHECK_THAT(detail(answer), Catch::Contains("empty"));
}

TEST_CASE("checkout: the same call again gives the same order", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    const auto first = shop.check_out("key-1", "note");
    REQUIRE(first.status == 201);
    REQUIRE(shop.add("MUG", 1).status == 200);
    const auto second = shop.check_out("key-1", "note");
    CHECK(second.status == 201);
    CHECK(second.body == first.body);
    CHECK(shop.order_count() == 1);
    CHECK(cart_of(shop).at("lines").size() == 1);
    CHECK(shop.check_out("key-1", "another note").status == 422);
    CHECK(shop.check_out("key-2", "note").status == 201);
    CHECK(shop.order_count() == 2);
}

TEST_CASE("checkout: two customers may use the same key", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    for (const std::string role : {"customer", "other"}) {
        REQUIRE(
            shop.call("POST", "/v1/cart/lines", R"({"product":"MUG"})", {.role = role}).status ==
            200);
        CHECK(shop.call("POST", "/v1/orders", "{}", {.role = role, .key = "key-1"}).status == 201);
    }
    CHECK(shop.order_count() == 2);
}

TEST_CASE("checkout: a product that is gone is named", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 100, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    REQUIRE(shop.add("CUP", 1).status == 200);
    shop.catalogue().remove("CUP");
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 409);
    CHECK(json_of(answer).at("errors").at(0).at("pointer") == "/lines/1/product_id");
    CHECK_THAT(detail(answer), Catch::Contains("The CUP"));
    CHECK(shop.order_count() == 0);
    REQUIRE(shop.call("DELETE", "/v1/cart/lines/CUP").status == 200);
    CHECK(shop.check_out("key-1").status == 201);
}

TEST_CASE("checkout: a price that changed is said, and accepted by the next checkout", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().set_price("MUG", {310, "GBP"});
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 409);
    CHECK(json_of(answer).at("errors").at(0).at("pointer") == "/lines/0/unit_price");
    CHECK_THAT(detail(answer), Catch::Contains("was 2.95 GBP and is 3.10 GBP now"));
    CHECK(cart_of(shop).at("total").at("amount") == 620);
    CHECK(shop.order_count() == 0);
    const auto accepted = shop.check_out("key-1");
    REQUIRE(accepted.status == 201);
    CHECK(json_of(accepted).at("total").at("amount") == 620);
}

TEST_CASE("checkout: a currency that changed keeps the line from being bought", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().set_price("MUG", {295, "EUR"});
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 409);
    CHECK_THAT(detail(answer), Catch::Contains("EUR"));
    CHECK(cart_of(shop).at("total").at("currency") == "GBP");
}

TEST_CASE("checkout: too few pieces are named line by line, and the key keeps that answer",
          "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 100, 2);
    REQUIRE(shop.add("MUG", 1).status == 200);
    REQUIRE(shop.add("CUP", 2).status == 200);
    REQUIRE(shop.call("POST", "/v1/cart/lines", R"({"product":"CUP"})", {.role = "other"}).status ==
            200);
    REQUIRE(shop.call("POST", "/v1/orders", "{}", {.role = "other", .key = "k"}).status == 201);

    const auto refused = shop.check_out("key-1");
    REQUIRE(refused.status == 409);
    const Json errors = json_of(refused).at("errors");
    REQUIRE(errors.size() == 1);
    CHECK(errors.at(0).at("pointer") == "/lines/1/quantity");
    CHECK(cart_of(shop).at("lines").size() == 2);
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
    const Json order = json_of(shop.call("GET", "/v1/orders/2"));
    CHECK(order.at("state") == "cancelled");
    CHECK(order.at("reason") == "not enough pieces");

    REQUIRE(shop.set("CUP", 1).status == 200);
    const auto again = shop.check_out("key-1");
    CHECK(again.status == 409);
    CHECK(json_of(again).at("errors") == errors);
    CHECK(shop.check_out("key-2").status == 201);
}

TEST_CASE("checkout: with productd down nothing is ordered, and orders are still listed",
          "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    REQUIRE(shop.check_out("key-0").status == 201);
    REQUIRE(shop.add("MUG", 1).status == 200);
    shop.catalogue().set_down(true);
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 503);
    CHECK_THAT(detail(answer), Catch::Contains("productd") &&
                                   Catch::Contains("nothing was ordered, your cart is kept"));
    CHECK(cart_of(shop).at("lines").size() == 1);
    CHECK(shop.order_count() == 1);
    CHECK(shop.call("GET", "/v1/orders").status == 200);
    CHECK(shop.call("GET", "/v1/orders/1").status == 200);
    shop.catalogue().set_down(false);
    CHECK(shop.check_out("key-1").status == 201);
}

TEST_CASE("readiness: without productd the service is degraded, not away", "[orderd]") {
    OrderShop shop;
    CHECK(json_of(shop.call("GET", "/readyz?verbose=1")).at("status") == "ok");
    shop.catalogue().set_down(true);
    const auto answer = shop.call("GET", "/readyz?verbose=1");
    CHECK(answer.status == 200);
    CHECK(json_of(answer).at("status") == "degraded");
}

TEST_CASE("checkout: a payment that is refused cancels the order and frees the pieces",
          "[orderd]") {
    OrderShop shop([](const api::Order&) -> Result<void> {
        return fail(Code::conflict, "The card was declined; use another one.");
    });
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 409);
    CHECK_THAT(detail(answer), Catch::Contains("declined"));
    CHECK(shop.app().resumer().pass());
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
    CHECK(json_of(shop.call("GET", "/v1/orders/1")).at("state") == "cancelled");
    CHECK(cart_of(shop).at("lines").size() == 1);
}

TEST_CASE("checkout: what comes into the cart meanwhile stays in it", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 100, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().on_reserve([&] {
        REQUIRE(shop.add("MUG", 1).status == 200);
        REQUIRE(shop.add("CUP", 1).status == 200);
    });
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 201);
    CHECK(json_of(answer).at("total").at("amount") == 590);
    const Json cart = cart_of(shop);
    REQUIRE(cart.at("lines").size() == 2);
    CHECK(cart.at("lines").at(0).at("quantity") == 1);
    CHECK(cart.at("total").at("amount") == 395);
}

TEST_CASE("checkout: one cart is not bought twice at once", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    std::vector<http::Response> inside;
    shop.catalogue().on_reserve([&] {
        inside.push_back(shop.check_out("key-2"));  // another key
        inside.push_back(shop.check_out("key-1"));  // the same call, still under way
    });
    CHECK(shop.check_out("key-1").status == 201);
    REQUIRE(inside.size() == 2);
    for (const auto& answer : inside) {
        CHECK(answer.status == 409);
        CHECK(answer.headers.get("retry-after") == "1");
    }
    CHECK(shop.order_count() == 1);
    CHECK(shop.catalogue().figures("MUG") == Figures{9, 0});
}

TEST_CASE("checkout: many calls with one key make one order", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 100);
    REQUIRE(shop.add("MUG", 1).status == 200);
    const auto statuses = at_once(8, [&](std::size_t) {
        return shop.raw_call("POST", "/v1/orders", "{}", {.key = "key-1"}).status;
    });
    const auto good = std::ranges::count(statuses, 201);
    CHECK(good >= 1);
    CHECK(good + std::ranges::count(statuses, 409) == 8);
    CHECK(shop.order_count() == 1);
    CHECK(shop.catalogue().figures("MUG") == Figures{99, 0});
    CHECK(shop.call("POST", "/v1/orders", "{}", {.key = "key-1"}).status == 201);
}

TEST_CASE("checkout: two buyers of the last piece get one order", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 1);
    const std::vector<std::string> roles = {"customer", "other", "staff", "admin"};
    for (const auto& role : roles)
        REQUIRE(
            shop.call("POST", "/v1/cart/lines", R"({"product":"MUG"})", {.role = role}).status ==
            200);
    const auto statuses = at_once(roles.size(), [&](std::size_t i) {
        return shop.raw_call("POST", "/v1/orders", "{}", {.role = roles[i], .key = "k"}).status;
    });
    CHECK(std::ranges::count(statuses, 201) == 1);
    CHECK(std::ranges::count(statuses, 409) == 3);
    CHECK(shop.catalogue().figures("MUG") == Figures{0, 0});
}

}  // namespace
}  // namespace shop::test
