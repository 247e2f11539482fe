#include <catch2/catch.hpp>

#include "base/text.hpp"
#include "orderd_shop.hpp"

namespace shop::test {
namespace {

using Figures = FakeCatalogue::Figures;

// A placed order of `role`.
Json buy(OrderShop& shop, const std::string& role, const std::string& key) {
    REQUIRE(shop.call("POST", "/v1/cart/lines", R"({"product":"MUG"})", {.role = role}).status ==
            200);
    const auto answer = shop.call("POST", "/v1/orders", "{}", {.role = role, .key = key});
    REQUIRE(answer.status == 201);
    return json_of(answer);
}

std::vector<int> numbers(const Json& page) {
    std::vector<int> out;
    for (const auto& order : page.at("items")) out.push_back(order.at("number").get<int>());
    return out;
}
std::vector<int> listed(OrderShop& shop, const std::string& query, const std::string& role) {
    return numbers(json_of(shop.call("GET", "/v1/orders" + query, "", {.role = role})));
}

// 1 and 3 of customer, 2 of other, 4 of staff; 3 fulfilled, 2 cancelled.
void fill(OrderShop& shop) {
    shop.catalogue().add("MUG", 295, 100);
    int key = 0;
    for (const std::string role : {"customer", "other", "customer", "staff"})
        buy(shop, role, std::to_string(++key));
    REQUIRE(shop.call("POST", "/v1/orders/3/fulfil", "", {.role = "staff"}).status == 200);
    REQUIRE(shop.call("POST", "/v1/orders/2/cancel", "{}", {.role = "other"}).status == 200);
}

TEST_CASE("order_list: customers see their own, staff everybody's, the newest first", "[orderd]") {
    OrderShop shop;
    fill(shop);
    using V = std::vector<int>;
    CHECK(listed(shop, "", "customer") == V{3, 1});
    CHECK(listed(shop, "", "other") == V{2});
    CHECK(listed(shop, "", "staff") == V{4, 3, 2, 1});
    CHECK(listed(shop, "?user=me", "staff") == V{4});
    CHECK(listed(shop, "?user=" + shop.user_id("customer"), "staff") == V{3, 1});
    CHECK(listed(shop, "?state=placed", "staff") == V{4, 1});
    CHECK(listed(shop, "?state=fulfilled", "customer") == V{3});
    CHECK(listed(shop, "?state=cancelled&user=" + shop.user_id("other"), "staff") == V{2});
    CHECK(listed(shop, "?user=" + shop.user_id("customer"), "other") == V{2});
    CHECK(listed(shop, "?state=pending", "staff").empty());
}

TEST_CASE("order_list: pages follow each other without gaps, also while orders come", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 100);
    for (int i = 1; i <= 7; ++i) buy(shop, i % 2 ? "customer" : "other", std::to_string(i));
    const std::string filter = GENERATE("", "&state=placed", "&user=me", "&user=me&state=placed");
    const std::string role = filter.find("user") == std::string::npos ? "admin" : "customer";
    std::vector<int> all;
    std::string query = "?limit=2" + filter;
    for (int pages = 0; pages < 10; ++pages) {
        const auto answer = shop.call("GET", "/v1/orders" + query, "", {.role = role});
        REQUIRE(answer.status == 200);
        const Json page = json_of(answer);
        for (const int number : numbers(page)) all.push_back(number);
        CHECK(page.contains("next_cursor") == answer.headers.get("link").has_value());
        if (!page.contains("next_cursor")) break;
        query = "?limit=2" + filter + "&cursor=" + page.at("next_cursor").get<std::string>();
        if (pages == 0) buy(shop, "customer", "late");
    }
    CHECK(all ==
          (role == "admin" ? std::vector<int>{7, 6, 5, 4, 3, 2, 1} : std::vector<int>{7, 5, 3, 1}));
}

TEST_CASE("order_list: a cursor shows nobody somebody else's orders", "[orderd]") {
    OrderShop shop;
    fill(shop);
    const Json page =
        json_of(shop.call("GET", "/v1/orders?limit=1&state=placed", "", {.role = "staff"}));
    const auto cursor = page.at("next_cursor").get<std::string>();
    for (const auto& order : listed(shop, "?cursor=" + cursor, "other")) CHECK(order == 2);
    const std::string other_id = "ord_" + std::string(32, 'f');
    const std::string forged = base64url(shop.user_id("customer") + '\0' + other_id);
    for (const auto& order : listed(shop, "?cursor=" + forged, "other")) CHECK(order == 2);
}

TEST_CASE("order_list: bad queries name the parameter", "[orderd]") {
    OrderShop shop;
    fill(shop);
    struct Row {
        std::string query, pointer;
    };
    const std::vector<Row> rows = {
        {"?limit=0", "limit"},      {"?limit=201", "limit"},
        {"?limit=x", "limit"},      {"?state=lost", "state"},
        {"?user=ada", "user"},      {"?cursor=!!", "cursor"},
        {"?cursor=AAAA", "cursor"}, {"?cursor=" + std::string(900, 'A'), "cursor"},
        {"?colour=red", "colour"},  {"?limit=1&limit=2", "limit"},
    };
    for (const auto& row : rows) {
        INFO(row.query);
        const auto answer = shop.call("GET", "/v1/orders" + row.query, "", {.role = "staff"});
        REQUIRE(answer.status == 400);
        CHECK(json_of(answer).at("errors").at(0).at("pointer") == row.pointer);
    }
}

TEST_CASE("order_get: by id and number; somebody else's is not found", "[orderd]") {
    OrderShop shop;
    fill(shop);
    const auto by_number = shop.call("GET", "/v1/orders/1");
    REQUIRE(by_number.status == 200);
    CHECK(by_number.headers.get("etag") == "\"2\"");
    const auto id = json_of(by_number).at("id").get<std::string>();
    CHECK(shop.call("GET", "/v1/orders/" + id).body == by_number.body);
    CHECK(shop.call("GET", "/v1/orders/" + id, "", {.role = "staff"}).body == by_number.body);
    for (const std::string& ref : {id, std::string("1"), std::string("99"), std::string("x"),
                                   std::string("-1"), "ord_" + std::string(32, '0')}) {
        INFO(ref);
        CHECK(shop.call("GET", "/v1/orders/" + ref, "", {.role = "other"}).status == 404);
    }
}

TEST_CASE("order_cancel: a placed order gives its pieces back", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    CHECK(shop.catalogue().figures("MUG") == Figures{9, 0});
    const auto answer = shop.call("POST", "/v1/orders/1/cancel", R"({"reason":"too big"})");
    REQUIRE(answer.status == 200);
    const Json order = json_of(answer);
    CHECK(order.at("state") == "cancelled");
    CHECK(order.at("reason") == "too big");
    CHECK(order.at("version") == 3);
    CHECK(order.contains("cancelled_at"));
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
    CHECK(json_of(shop.call("GET", "/v1/orders/1")) == order);
    CHECK(shop.event_types().back() == "order.cancelled");
}

TEST_CASE("order_cancel: with productd down the pieces are given back later", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    shop.catalogue().set_down(true);
    CHECK(shop.call("POST", "/v1/orders/1/cancel", "{}").status == 200);
    CHECK(shop.catalogue().figures("MUG") == Figures{9, 0});
    CHECK_FALSE(shop.app().resumer().pass());
    shop.reopen();
    shop.catalogue().set_down(false);
    CHECK(shop.app().resumer().pass());
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
}

TEST_CASE("order_cancel: a death after the change loses nothing", "[orderd]") {
    const auto when = GENERATE(FakeCatalogue::When::before, FakeCatalogue::When::after);
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    shop.catalogue().add_fault({"release", when, FakeCatalogue::How::crash});
    shop.crashing_call("POST", "/v1/orders/1/cancel", "{}", {.key = "c"});
    shop.reopen();
    CHECK(shop.app().resumer().pass());
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
    const auto told = shop.call("POST", "/v1/orders/1/cancel", "{}", {.key = "c"});
    CHECK(told.status == 200);
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
}

TEST_CASE("order_cancel: the same call with the same key cancels once", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    const auto first = shop.call("POST", "/v1/orders/1/cancel", "{}", {.key = "c"});
    const auto second = shop.call("POST", "/v1/orders/1/cancel", "{}", {.key = "c"});
    CHECK(second.status == 200);
    CHECK(second.body == first.body);
    CHECK(shop.call("POST", "/v1/orders/1/cancel", R"({"reason":"x"})", {.key = "c"}).status ==
          422);
    CHECK(shop.catalogue().figures("MUG") == Figures{10, 0});
}

TEST_CASE("orders: the guard table allows nothing else, and names the state", "[orderd]") {
    OrderShop shop;
    fill(shop);
    const auto refused = [&](const std::string& target, const std::string& body,
                             const std::string& state) {
        INFO(target);
        const auto answer = shop.call("POST", target, body, {.role = "staff"});
        REQUIRE(answer.status == 409);
        CHECK_THAT(json_of(answer).at("detail").get<std::string>(), Catch::Contains(state));
    };
    refused("/v1/orders/3/cancel", "{}", "fulfilled");
    refused("/v1/orders/3/fulfil", "", "fulfilled");
    refused("/v1/orders/2/cancel", "{}", "cancelled");
    refused("/v1/orders/2/fulfil", "", "cancelled");
    CHECK(shop.catalogue().figures("MUG") == Figures{97, 0});
    CHECK(shop.app().resumer().pass());
    CHECK(shop.catalogue().figures("MUG") == Figures{97, 0});
}

TEST_CASE("order_fulfil: staff says that an order was sent", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    shop.catalogue().set_down(true);
    CHECK(shop.call("POST", "/v1/orders/1/fulfil").status == 403);
    const auto answer = shop.call("POST", "/v1/orders/1/fulfil", "", {.role = "staff"});
    REQUIRE(answer.status == 200);
    CHECK(json_of(answer).at("state") == "fulfilled");
    CHECK(json_of(answer).contains("fulfilled_at"));
    CHECK(shop.event_types().back() == "order.fulfilled");
    CHECK(shop.call("POST", "/v1/orders/9/fulfil", "", {.role = "staff"}).status == 404);
}

TEST_CASE("orders: of cancel and fulfil at once one wins, and the stock follows it", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    const auto statuses = at_once(8, [&](std::size_t i) {
        return shop
            .raw_call("POST", i % 2 ? "/v1/orders/1/cancel" : "/v1/orders/1/fulfil", "",
                      {.role = "staff"})
            .status;
    });
    CHECK(std::ranges::count(statuses, 200) == 1);
    CHECK(std::ranges::count(statuses, 409) == 7);
    const bool cancelled = json_of(shop.call("GET", "/v1/orders/1")).at("state") == "cancelled";
    CHECK(shop.catalogue().figures("MUG") == Figures{cancelled ? 10 : 9, 0});
}

TEST_CASE("order_cancel: bad input and other people's orders change nothing", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 10);
    buy(shop, "customer", "1");
    for (const std::string& body :
         {std::string(R"({"reason":7})"), std::string(R"({"x":1})"), std::string("["),
          R"({"reason":")" + std::string(201, 'x') + R"("})"}) {
        INFO(body);
        CHECK(shop.call("POST", "/v1/orders/1/cancel", body).status == 400);
    }
    CHECK(shop.call("POST", "/v1/orders/1/cancel", "{}", {.role = "other"}).status == 404);
    CHECK(json_of(shop.call("GET", "/v1/orders/1")).at("state") == "placed");
    CHECK(shop.call("POST", "/v1/orders/1/cancel", "{}", {.role = "staff"}).status == 200);
}

}  // namespace
}  // namespace shop::test
