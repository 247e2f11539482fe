// What a checkout leaves behind when something breaks in the middle of it: at each step, before and
// after its effect, by silence and by the death of the process.
#include <catch2/catch.hpp>

#include "base/limits.hpp"
#include "orderd_shop.hpp"

namespace shop::test {
namespace {

using Figures = FakeCatalogue::Figures;
using When = FakeCatalogue::When;
using How = FakeCatalogue::How;
using namespace std::chrono_literals;

Json order_of(OrderShop& shop, int number = 1) {
    return json_of(shop.call("GET", "/v1/orders/" + std::to_string(number)));
}
bool cart_is_empty(OrderShop& shop) {
    return json_of(shop.call("GET", "/v1/cart")).at("lines").empty();
}
// The one rule of the whole saga: an order has its pieces exactly when it is placed, nothing stays
// held, and no piece is lost or doubled.
void check_settled(OrderShop& shop, std::int64_t initial) {
    std::int64_t sold = 0;
    for (const auto& order : shop.orders()) {
        const auto state = order.at("state").get<std::string>();
        const auto id = order.at("id").get<std::string>();
        CHECK(state != "pending");
        const bool owns = shop.catalogue().reservation(id) == "confirmed";
        CHECK(owns == (state == "placed"));
        if (owns) sold += order.at("lines").at(0).at("quantity").get<std::int64_t>();
    }
    CHECK(shop.catalogue().figures("MUG") == Figures{initial - sold, 0});
}

TEST_CASE("saga: silence before or after reserve orders nothing, and the same key begins anew",
          "[orderd]") {
    const auto when = GENERATE(When::before, When::after);
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({"reserve", when});
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 503);
    CHECK_THAT(json_of(answer).at("detail").get<std::string>(),
               Catch::Contains("nothing was ordered"));
    CHECK(order_of(shop).at("state") == "cancelled");
    CHECK_FALSE(cart_is_empty(shop));
    CHECK(shop.app().resumer().pass());
    check_settled(shop, 10);
    CHECK(shop.check_out("key-1").status == 201);
    CHECK(shop.order_count() == 2);
    check_settled(shop, 10);
}

TEST_CASE("saga: pieces that could not be given back are given back later", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({"reserve", When::after});
    shop.catalogue().add_fault({"release", GENERATE(When::before, When::after)});
    REQUIRE(shop.check_out("key-1").status == 503);
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 2});
    CHECK_FALSE(shop.app().resumer().pass());
    shop.reopen();
    CHECK(shop.app().resumer().pass());
    check_settled(shop, 10);
    const int calls = shop.catalogue().calls("release");
    CHECK(shop.app().resumer().pass());
    CHECK(shop.catalogue().calls("release") == calls);
}

TEST_CASE("saga: silence around confirm leaves the order pending; the same call completes it",
          "[orderd]") {
    const auto when = GENERATE(When::before, When::after);
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({"confirm", when});
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 503);
    CHECK_THAT(json_of(answer).at("detail").get<std::string>(),
               Catch::Contains("being completed") && Catch::Contains("Idempotency-Key"));
    CHECK(order_of(shop).at("state") == "pending");

    SECTION("another key does not buy the cart a second time") {
        CHECK(shop.check_out("key-2").status == 409);
    }
    SECTION("the order can be neither cancelled nor fulfilled yet") {
        CHECK(shop.call("POST", "/v1/orders/1/cancel", "{}").status == 409);
        CHECK(shop.call("POST", "/v1/orders/1/fulfil", "", {.role = "staff"}).status == 409);
    }
    SECTION("while productd stays silent, so does the outcome") {
        shop.catalogue().set_down(true);
        CHECK(shop.check_out("key-1").status == 503);
        shop.clock().advance(1min);
        CHECK_FALSE(shop.app().resumer().pass());
        CHECK(order_of(shop).at("state") == "pending");
        shop.catalogue().set_down(false);
    }
    const auto completed = shop.check_out("key-1");
    CHECK(completed.status == 201);
    CHECK(json_of(completed).at("number") == 1);
    CHECK(cart_is_empty(shop));
    CHECK(shop.order_count() == 1);
    check_settled(shop, 10);
}

TEST_CASE("saga: what silence around confirm left is completed by the resumer", "[orderd]") {
    const auto when = GENERATE(When::before, When::after);
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({"confirm", when});
    REQUIRE(shop.check_out("key-1").status == 503);
    CHECK(shop.app().resumer().pass());
    CHECK(order_of(shop).at("state") == "pending");  // its call may still be at work
    shop.clock().advance(6s);
    CHECK(shop.app().resumer().pass());
    CHECK(order_of(shop).at("state") == "placed");
    CHECK(cart_is_empty(shop));
    check_settled(shop, 10);
    const auto told = shop.check_out("key-1");
    CHECK(told.status == 201);
    CHECK(json_of(told) == order_of(shop));
    CHECK(shop.check_out("key-1", "another note").status == 422);
    CHECK(shop.order_count() == 1);
}

TEST_CASE("saga: a checkout whose pieces were freed before confirm is called off", "[orderd]") {
    OrderShop* running = nullptr;
    OrderShop shop([&](const api::Order& order) -> Result<void> {
        running->catalogue().expire(order.id);
        return {};
    });
    running = &shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    const auto answer = shop.check_out("key-1");
    REQUIRE(answer.status == 409);
    CHECK_THAT(json_of(answer).at("detail").get<std::string>(), Catch::Contains("too long"));
    CHECK(order_of(shop).at("state") == "cancelled");
    CHECK_FALSE(cart_is_empty(shop));
    CHECK(shop.check_out("key-1").status == 409);
    CHECK(shop.order_count() == 1);
    check_settled(shop, 10);
}

TEST_CASE("saga: after the death of the process each checkout is completed or called off, once",
          "[orderd]") {
    const std::string operation = GENERATE("find_many", "reserve", "confirm");
    const auto when = GENERATE(When::before, When::after);
    CAPTURE(operation, when == When::before);
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({operation, when, How::crash});
    shop.crashing_call("POST", "/v1/orders", R"({"note":""})", {.key = "key-1"});
    shop.reopen();

    SECTION("the resumer does it") {
        shop.clock().advance(6s);
        CHECK(shop.app().resumer().pass());
        check_settled(shop, 10);
        const bool begun = operation != "find_many";
        CHECK(cart_is_empty(shop) == begun);
        CHECK(shop.order_count() == (begun ? 1 : 0));
    }
    SECTION("the customer's same call does it") {}
    SECTION("the pieces are gone meanwhile") {
        if (operation == "reserve" && when == When::before) {
            REQUIRE(shop.call("POST", "/v1/cart/lines", R"({"product":"MUG","quantity":9})",
                              {.role = "other"})
                        .status == 200);
            REQUIRE(shop.call("POST", "/v1/orders", "{}", {.role = "other", .key = "k"}).status ==
                    201);
            shop.clock().advance(6s);
            CHECK(shop.app().resumer().pass());
            CHECK(order_of(shop).at("state") == "cancelled");
            CHECK(shop.check_out("key-1").status == 409);
            CHECK_FALSE(cart_is_empty(shop));
            check_settled(shop, 10);
            return;
        }
    }
    const auto told = shop.check_out("key-1");
    CHECK(told.status == 201);
    CHECK(shop.order_count() == 1);
    CHECK(shop.catalogue().confirmed_count() == 1);
    check_settled(shop, 10);
}

TEST_CASE("saga: a death while the resumer works changes nothing either", "[orderd]") {
    const std::string operation = GENERATE("reserve", "confirm");
    const auto when = GENERATE(When::before, When::after);
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({"confirm", When::before});
    REQUIRE(shop.check_out("key-1").status == 503);
    shop.catalogue().add_fault({operation, when, How::crash});
    shop.clock().advance(6s);
    CHECK_THROWS_AS(shop.app().resumer().pass(), Crash);
    shop.reopen();
    CHECK(shop.app().resumer().pass());
    CHECK(order_of(shop).at("state") == "placed");
    check_settled(shop, 10);
}

TEST_CASE("saga: one customer's trouble does not keep the others waiting", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    for (const std::string role : {"customer", "other"}) {
        REQUIRE(
            shop.call("POST", "/v1/cart/lines", R"({"product":"MUG"})", {.role = role}).status ==
            200);
        shop.catalogue().add_fault({"confirm", When::before});
        REQUIRE(shop.call("POST", "/v1/orders", "{}", {.role = role, .key = "k"}).status == 503);
    }
    shop.clock().advance(6s);
    {
        const auto turn = shop.app().saga().take_turn(shop.user_id("customer"));
        REQUIRE(turn);
        CHECK(shop.app().resumer().pass());
    }
    CHECK(order_of(shop, 1).at("state") == "pending");
    CHECK(json_of(shop.call("GET", "/v1/orders/2", "", {.role = "other"})).at("state") == "placed");
    CHECK(shop.app().resumer().pass());
    check_settled(shop, 10);
}

TEST_CASE("saga: the started service resumes by itself", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    REQUIRE(shop.add("MUG", 2).status == 200);
    shop.catalogue().add_fault({"confirm", When::after, How::crash});
    shop.crashing_call("POST", "/v1/orders", R"({"note":""})", {.key = "key-1"});
    shop.reopen();
    shop.clock().advance(6s);
    shop.app().start();
    CHECK(eventually([&] { return order_of(shop).at("state") == "placed"; }));
    shop.app().stop();
    check_settled(shop, 10);
}

TEST_CASE("saga: old records go as new checkouts come", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 100);
    const auto buy = [&](const std::string& key) {
        REQUIRE(shop.add("MUG", 1).status == 200);
        REQUIRE(shop.check_out(key).status == 201);
    };
    const auto records = [&] {
        std::uint64_t count = 0;
        REQUIRE(shop.app().store().read([&](const store::Snapshot& snapshot) -> Result<void> {
            count = shop.app().tables().checkouts.count(snapshot);
            return {};
        }));
        return count;
    };
    for (const std::string key : {"1", "2", "3"}) buy(key);
    CHECK(records() == 3);
    shop.clock().advance(limits::kIdempotencyKeep + 1s);
    buy("4");
    CHECK(records() == 1);
}

}  // namespace
}  // namespace shop::test
