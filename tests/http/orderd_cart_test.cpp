#include <catch2/catch.hpp>

#include "base/limits.hpp"
#include "orderd/cart.hpp"
#include "orderd_shop.hpp"

namespace shop::test {
namespace {

std::int64_t quantity(const Json& cart, std::size_t line = 0) {
    return cart.at("lines").at(line).at("quantity").get<std::int64_t>();
}

TEST_CASE("cart: one that nobody has touched is empty", "[orderd]") {
    OrderShop shop;
    const auto answer = shop.call("GET", "/v1/cart");
    REQUIRE(answer.status == 200);
    const Json cart = json_of(answer);
    CHECK(cart.at("lines").empty());
    CHECK(cart.at("version") == 0);
    CHECK(cart.at("total") == Json{{"amount", 0}, {"currency", "GBP"}});
}

TEST_CASE("cart_add: a line is a snapshot of the product, and the total is the sum", "[orderd]") {
    OrderShop shop;
    const auto mug = shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 150, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    const auto answer = shop.add("the-CUP", 3);
    REQUIRE(answer.status == 200);
    const Json cart = json_of(answer);
    const Json& line = cart.at("lines").at(0);
    CHECK(line.at("product_id") == mug.id);
    CHECK(line.at("product_number") == 1);
    CHECK(line.at("sku") == "MUG");
    CHECK(line.at("name") == "The MUG");
    CHECK(line.at("unit_price").at("amount") == 295);
    CHECK(line.at("total").at("amount") == 590);
    CHECK(cart.at("total").at("amount") == 1040);
    CHECK(cart.at("version") == 2);
    CHECK(json_of(shop.call("GET", "/v1/cart")) == cart);
}

TEST_CASE("cart_add: id, slug, SKU and number name the same product", "[orderd]") {
    OrderShop shop;
    const auto mug = shop.catalogue().add("MUG", 295, 10);
    for (const std::string& ref : {mug.id, mug.slug, mug.sku, std::string("1")})
        REQUIRE(shop.add(ref, 1).status == 200);
    const Json cart = json_of(shop.call("GET", "/v1/cart"));
    REQUIRE(cart.at("lines").size() == 1);
    CHECK(quantity(cart) == 4);
}

TEST_CASE("cart_add: more of a product takes its present price", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    shop.catalogue().set_price("MUG", {310, "GBP"});
    const Json cart = json_of(shop.add("MUG", 1));
    CHECK(cart.at("lines").at(0).at("unit_price").at("amount") == 310);
    CHECK(cart.at("total").at("amount") == 620);
}

TEST_CASE("cart_add: more than there is is refused with the figure", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 3);
    shop.catalogue().add("FILE", 100, -1);
    REQUIRE(shop.add("MUG", 2).status == 200);
    const auto answer = shop.add("MUG", 2);
    REQUIRE(answer.status == 409);
    const Json problem = json_of(answer);
    CHECK(problem.at("errors").at(0).at("pointer") == "/quantity");
    CHECK_THAT(problem.at("detail").get<std::string>(), Catch::Contains("only 3 of"));
    CHECK(quantity(json_of(shop.call("GET", "/v1/cart"))) == 2);
    CHECK(shop.add("FILE", 1'000'000).status == 200);  // not tracked
}

TEST_CASE("cart_add: limits of quantity, lines and total hold", "[orderd]") {
    OrderShop shop;
    SECTION("pieces in one line") {
        shop.catalogue().add("FILE", 100, -1);
        REQUIRE(shop.add("FILE", limits::kQuantityMax).status == 200);
        const auto answer = shop.add("FILE", 1);
        CHECK(answer.status == 400);
        CHECK(json_of(answer).at("errors").at(0).at("pointer") == "/quantity");
    }
    SECTION("lines") {
        api::Cart full;
        full.user_id = shop.user_id("customer");
        for (std::size_t i = 0; i < limits::kCartLinesMax; ++i)
            REQUIRE(
                orders::add_pieces(full, shop.catalogue().add(fmt::format("P{}", i), 1, -1), 1));
        shop.catalogue().add("MUG", 1, -1);
        REQUIRE(shop.save(full));
        CHECK(shop.add("MUG", 1).status == 409);
        CHECK(shop.add("P0", 1).status == 200);
    }
    SECTION("the total") {
        for (int i = 0; i < 100; ++i)
            shop.catalogue().add("P" + std::to_string(i), limits::kPriceMinorMax, -1);
        int refused = 0;
        for (int i = 0; i < 100; ++i) {
            const auto answer = shop.add("P" + std::to_string(i), limits::kQuantityMax);
            if (answer.status == 400) ++refused;
        }
        CHECK(refused == 8);  // 92 times 10^17 fit 63 bits
        const Json cart = json_of(shop.call("GET", "/v1/cart"));
        CHECK(cart.at("total").at("amount") == std::int64_t{9'200'000'000'000'000'000});
    }
}

TEST_CASE("cart_add: what is priced in another currency is not sold", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 3, "EUR");
    CHECK(shop.add("MUG", 1).status == 409);
    CHECK(json_of(shop.call("GET", "/v1/cart")).at("version") == 0);
}

TEST_CASE("cart_add: an unknown product is not found", "[orderd]") {
    OrderShop shop;
    CHECK(shop.add("NOTHING", 1).status == 404);
}

TEST_CASE("cart_add: with productd down it says so", "[orderd]") {
    OrderShop shop;
    shop.catalogue().set_down(true);
    const auto answer = shop.add("MUG", 1);
    REQUIRE(answer.status == 503);
    CHECK(answer.headers.get("retry-after") == "1");
    CHECK_THAT(json_of(answer).at("detail").get<std::string>(), Catch::Contains("productd"));
}

TEST_CASE("cart_add: the same call with the same key adds once, also with productd down",
          "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    const auto first = shop.add("MUG", 2, "key-1");
    REQUIRE(first.status == 200);
    shop.catalogue().set_down(true);
    const auto second = shop.add("MUG", 2, "key-1");
    CHECK(second.status == 200);
    CHECK(second.body == first.body);
    CHECK(quantity(json_of(shop.call("GET", "/v1/cart"))) == 2);
    shop.catalogue().set_down(false);
    CHECK(shop.add("MUG", 3, "key-1").status == 422);
}

TEST_CASE("cart_add: each one of many at once counts", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 1000);
    const auto statuses = at_once(8, [&](std::size_t) {
        int done = 0;
        for (int i = 0; i < 10; ++i)
            done += shop.raw_call("POST", "/v1/cart/lines", R"({"product":"MUG"})").status == 200;
        return done;
    });
    CHECK(std::ranges::count(statuses, 10) == 8);
    const Json cart = json_of(shop.call("GET", "/v1/cart"));
    CHECK(quantity(cart) == 80);
    CHECK(cart.at("version") == 80);
}

TEST_CASE("cart_set: a line is named by id, SKU, number or slug", "[orderd]") {
    OrderShop shop;
    const auto mug = shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 1).status == 200);
    std::int64_t next = 2;
    for (const std::string& ref : {mug.id, std::string("mug"), std::string("1"), mug.slug}) {
        const auto answer = shop.set(ref, next);
        REQUIRE(answer.status == 200);
        CHECK(quantity(json_of(answer)) == next);
        ++next;
    }
}

TEST_CASE("cart_set: more than there is is refused, less is always fine", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 5);
    REQUIRE(shop.add("MUG", 5).status == 200);
    const auto answer = shop.set("MUG", 6);
    CHECK(answer.status == 409);
    CHECK(json_of(answer).at("errors").at(0).at("pointer") == "/quantity");
    shop.catalogue().remove("MUG");
    CHECK(shop.set("MUG", 4).status == 200);
    CHECK(shop.set("MUG", 5).status == 404);
    const Json cart = json_of(shop.set("MUG", 0));
    CHECK(cart.at("lines").empty());
    CHECK(cart.at("total").at("amount") == 0);
}

TEST_CASE("cart_set and cart_remove: what is not in the cart is not found", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 5);
    CHECK(shop.set("MUG", 1).status == 404);
    CHECK(shop.call("DELETE", "/v1/cart/lines/MUG").status == 404);
    CHECK(shop.call("DELETE", "/v1/cart/lines/NOTHING").status == 404);
}

TEST_CASE("cart: with productd down it is read, tidied up and emptied", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    shop.catalogue().add("CUP", 100, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    REQUIRE(shop.add("CUP", 2).status == 200);
    shop.catalogue().set_down(true);
    CHECK(shop.call("GET", "/v1/cart").status == 200);
    CHECK(shop.set("MUG", 1).status == 200);
    CHECK(shop.set("MUG", 9).status == 200);  // the checkout will decide
    const auto removed = shop.call("DELETE", "/v1/cart/lines/MUG");
    REQUIRE(removed.status == 200);
    CHECK(json_of(removed).at("total").at("amount") == 200);
    CHECK(shop.call("DELETE", "/v1/cart").status == 204);
    const Json cart = json_of(shop.call("GET", "/v1/cart"));
    CHECK(cart.at("lines").empty());
    CHECK(cart.at("version") == 6);
    CHECK(shop.call("DELETE", "/v1/cart").status == 204);
    CHECK(json_of(shop.call("GET", "/v1/cart")).at("version") == 6);
}

TEST_CASE("cart: each customer has one's own", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    CHECK(json_of(shop.call("GET", "/v1/cart", "", {.role = "other"})).at("lines").empty());
    CHECK(json_of(shop.call("GET", "/v1/cart", "", {.role = "admin"})).at("lines").empty());
}

TEST_CASE("cart: a service has none", "[orderd]") {
    OrderShop shop;
    CHECK(shop.call("GET", "/v1/cart", "", {.role = "service:orderd"}).status == 403);
}

TEST_CASE("cart: each change is an event and an audit record", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    REQUIRE(shop.call("DELETE", "/v1/cart").status == 204);
    const Json events = shop.events();
    REQUIRE(events.size() == 2);
    CHECK(events.at(0).at("type") == "cart.updated");
    CHECK(events.at(0).at("data").at("lines") == 1);
    CHECK(events.at(0).at("data").at("total").at("amount") == 590);
    CHECK(events.at(1).at("data").at("lines") == 0);
}

TEST_CASE("cart: bad input is refused and nothing is stored", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    struct Row {
        std::string body, pointer;
    };
    const std::vector<Row> rows = {
        {"{}", "/product"},
        {R"({"product":""})", "/product"},
        {R"({"product":7})", "/product"},
        {R"({"product":"MUG","quantity":0})", "/quantity"},
        {R"({"product":"MUG","quantity":-1})", "/quantity"},
        {R"({"product":"MUG","quantity":1.5})", "/quantity"},
        {R"({"product":"MUG","quantity":"1"})", "/quantity"},
        {R"({"product":"MUG","quantity":1000001})", "/quantity"},
        {R"({"product":"MUG","colour":"red"})", "/colour"},
        {R"({"product":")" + std::string(101, 'x') + R"("})", "/product"},
        {R"({"product":"MUG","product":"MUG"})", ""},
        {"{\"product\":\"M\xff\"}", ""},
        {std::string(40, '[') + std::string(40, ']'), ""},
        {"[]", ""},
        {"nonsense", ""},
    };
    for (const auto& row : rows) {
        INFO(row.body);
        const auto answer = shop.call("POST", "/v1/cart/lines", row.body);
        REQUIRE(answer.status == 400);
        if (!row.pointer.empty())
            CHECK(json_of(answer).at("errors").at(0).at("pointer") == row.pointer);
    }
    REQUIRE(shop.add("MUG", 1).status == 200);
    for (const std::string body : {"{}", R"({"quantity":-1})", R"({"quantity":1000001})",
                                   R"({"quantity":true})", R"({"quantity":1,"x":1})"}) {
        INFO(body);
        CHECK(shop.call("PUT", "/v1/cart/lines/MUG", body).status == 400);
    }
    CHECK(json_of(shop.call("GET", "/v1/cart")).at("version") == 1);
    CHECK(shop.events().size() == 1);
}

}  // namespace
}  // namespace shop::test
