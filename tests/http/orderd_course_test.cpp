#include <catch2/catch.hpp>

#include "orderd_shop.hpp"

namespace shop::test {
namespace {

Json result(const http::Response& answer) {
    REQUIRE(answer.status == 200);
    return json_of(answer).at("result");
}

TEST_CASE("course: an order from the first item to the checkout", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 100, 10);
    CHECK(json_of(shop.course("GET", "/api/order")) == Json{{"message", "No order found"}});

    REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=2&qty=1").status == 200);
    REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=1&qty=2").status == 200);
    const Json open = result(shop.course("POST", "/api/order/add-item", "product_id=1&qty=1"));
    const Json items = Json::parse(R"([{"product":2,"quantity":1},{"product":1,"quantity":3}])");
    CHECK(open == Json{{"items", items}, {"is_open", true}, {"user_id", 1}});
    CHECK(result(shop.course("GET", "/api/order")) == open);
    CHECK(json_of(shop.call("GET", "/v1/cart")).at("lines").size() == 2);

    const Json closed = result(shop.course("POST", "/api/order/checkout"));
    CHECK(closed == Json{{"items", items}, {"is_open", false}, {"user_id", 1}});
    CHECK(json_of(shop.course("GET", "/api/order")) == Json{{"message", "No order found"}});
    CHECK(shop.orders().at(0).at("state") == "placed");
    CHECK(shop.catalogue().figures("MUG") == FakeCatalogue::Figures{7, 0});
}

TEST_CASE("course: a checkout without an open order is not found", "[orderd]") {
    OrderShop shop;
    const auto answer = shop.course("POST", "/api/order/checkout");
    CHECK(answer.status == 404);
    CHECK(json_of(answer).contains("message"));
}

TEST_CASE("course: two checkouts are two orders", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    for (int i = 0; i < 2; ++i) {
        REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=1&qty=1").status == 200);
        REQUIRE(shop.course("POST", "/api/order/checkout").status == 200);
    }
    CHECK(shop.order_count() == 2);
}

TEST_CASE("course: the number of a product is not taken for another's SKU", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("2", 100, 10);
    shop.catalogue().add("MUG", 295, 10);
    const Json open = result(shop.course("POST", "/api/order/add-item", "product_id=2&qty=1"));
    CHECK(open.at("items").at(0).at("product") == 2);
}

TEST_CASE("course: bad items get 400 with a message, and nothing is stored", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    for (const std::string form :
         {"product_id=99&qty=1", "product_id=1&qty=0", "product_id=1&qty=-1", "product_id=x&qty=1",
          "product_id=1&qty=1.5", "product_id=1", "qty=1", "product_id=1&qty=1&colour=red",
          "product_id=1&product_id=1&qty=1", "product_id=%ff&qty=1"}) {
        INFO(form);
        CHECK(shop.course("POST", "/api/order/add-item", form).status == 400);
    }
    CHECK(shop.course("POST", "/api/order/add-item", "product_id=1&qty=11").status == 409);
    CHECK(json_of(shop.call("GET", "/v1/cart")).at("version") == 0);
}

TEST_CASE("course: without a key nobody is logged in", "[orderd]") {
    OrderShop shop;
    struct Row {
        std::string method, target, form;
    };
    const std::vector<Row> rows = {{"POST", "/api/order/add-item", "product_id=1&qty=1"},
                                   {"GET", "/api/order", ""},
                                   {"POST", "/api/order/checkout", ""},
                                   {"GET", "/api/orders", ""}};
    for (const auto& row : rows)
        for (const std::string key : {"", "nobody"}) {
            INFO(row.target << " with \"" << key << '"');
            const auto answer = shop.course(row.method, row.target, row.form, key);
            CHECK(answer.status == 401);
            CHECK(json_of(answer) == Json{{"message", "Not logged in"}});
        }
}

TEST_CASE("course: all orders, open and bought, for staff alone", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=1&qty=1").status == 200);
    REQUIRE(shop.course("POST", "/api/order/checkout").status == 200);
    REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=1&qty=2").status == 200);
    REQUIRE(shop.course("POST", "/api/order/checkout").status == 200);
    REQUIRE(shop.call("POST", "/v1/orders/2/cancel", "{}").status == 200);
    REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=1&qty=3", "other").status ==
            200);
    CHECK(shop.course("GET", "/api/orders").status == 403);
    const auto answer = shop.course("GET", "/api/orders", "", "admin");
    REQUIRE(answer.status == 200);
    CHECK(json_of(answer) == Json::parse(R"([
        {"items":[{"product":1,"quantity":1}],"is_open":false,"user_id":1},
        {"items":[{"product":1,"quantity":3}],"is_open":true,"user_id":2}])"));
}

TEST_CASE("course: with productd down the open order is still shown", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.course("POST", "/api/order/add-item", "product_id=1&qty=1").status == 200);
    shop.catalogue().set_down(true);
    CHECK(shop.course("GET", "/api/order").status == 200);
    CHECK(shop.course("POST", "/api/order/add-item", "product_id=1&qty=1").status == 503);
    CHECK(shop.course("POST", "/api/order/checkout").status == 503);
}

}  // namespace
}  // namespace shop::test
