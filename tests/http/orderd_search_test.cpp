// Lists of orders by number, name and time.
#include <catch2/catch.hpp>

#include "orderd_shop.hpp"

namespace shop::test {
namespace {

using api::Order;
using V = std::vector<int>;
using namespace std::chrono_literals;

const Time kNoon = parse_time("2026-11-20T12:00:00Z").value();

// Number n was made n hours after noon; the names take turns.
void fill(OrderShop& shop, int count, const std::vector<std::string>& names) {
    const auto done = shop.app().store().write([&](store::Transaction& tx) -> Result<void> {
        for (int i = 1; i <= count; ++i) {
            Order order;
            order.id = fmt::format("ord_{:032x}", i);
            order.number = i;
            order.username = names[static_cast<std::size_t>(i) % names.size()];
            order.user_id =
                order.username == "me" ? shop.user_id("customer") : "usr_" + std::string(32, '9');
            order.state = "placed";
            // What a search must not take for the order's own members.
            order.note = R"("number":77,"username":"mallory","created_at":"1999-01-01T00:00:00Z")";
            order.lines.push_back({.product_number = 88, .name = "username"});
            order.created_at = order.updated_at = kNoon + std::chrono::hours(i);
            SHOP_CHECK(shop.app().tables().orders.put(tx, order));
        }
        return {};
    });
    REQUIRE(done.has_value());
}

// All pages of so many.
V listed(OrderShop& shop, const std::string& query, const std::string& role = "staff",
         int limit = 2) {
    V out;
    std::string cursor;
    for (int pages = 0; pages < 50; ++pages) {
        const auto answer =
            shop.call("GET", fmt::format("/v1/orders?limit={}{}{}", limit, query, cursor), "",
                      {.role = role});
        REQUIRE(answer.status == 200);
        const Json page = json_of(answer);
        for (const auto& order : page.at("items")) out.push_back(order.at("number").get<int>());
        if (!page.contains("next_cursor")) return out;
        cursor = "&cursor=" + page.at("next_cursor").get<std::string>();
    }
    FAIL("the pages do not end");
    return out;
}

TEST_CASE("order_list: staff find numbers and parts of names, customers their numbers",
          "[orderd]") {
    OrderShop shop;
    fill(shop, 9, {"ada", "grace-7", "me"});
    CHECK(listed(shop, "&q=ADA") == V{9, 6, 3});
    CHECK(listed(shop, "&q=a") == V{9, 7, 6, 4, 3, 1});
    CHECK(listed(shop, "&q=7") == V{7, 4, 1});
    CHECK(listed(shop, "&q=5") == V{5});
    CHECK(listed(shop, "&q=5&state=placed") == V{5});
    CHECK(listed(shop, "&q=5&state=cancelled").empty());
    CHECK(listed(shop, "&q=77").empty());
    CHECK(listed(shop, "&q=88").empty());
    CHECK(listed(shop, "&q=mallory").empty());
    CHECK(listed(shop, "&q=a&user=me").empty());
    CHECK(listed(shop, "&q=8", "customer") == V{8});
    CHECK(listed(shop, "&q=7", "customer").empty());
    const auto refused = shop.call("GET", "/v1/orders?q=ada", "");
    REQUIRE(refused.status == 400);
    CHECK(json_of(refused).at("errors").at(0).at("pointer") == "q");
}

TEST_CASE("order_list: from a moment on, and before one", "[orderd]") {
    OrderShop shop;
    fill(shop, 9, {"ada", "me", "me"});
    CHECK(listed(shop, "&since=2026-11-20T19:00:00Z") == V{9, 8, 7});
    CHECK(listed(shop, "&until=2026-11-20T15:00:00Z") == V{2, 1});
    CHECK(listed(shop, "&since=2026-11-20T14:00:00Z&until=2026-11-20T18:00:00Z") == V{5, 4, 3, 2});
    CHECK(listed(shop, "&since=2026-11-20T14:00:00Z&until=2026-11-20T18:00:00Z&q=ada") == V{3});
    CHECK(listed(shop, "&since=2026-11-20T17:30:00%2B01:00", "customer") == V{8, 7, 5});
    CHECK(listed(shop, "&since=2026-11-21T00:00:00Z").empty());
    struct Row {
        std::string query, pointer;
    };
    for (const Row& row : {Row{"since=yesterday", "since"}, Row{"until=2026-11-20", "until"},
                           Row{"since=2026-11-20T14:00:00Z&until=2026-11-20T14:00:00Z", "until"},
                           Row{"q=", "q"}, Row{"q=" + std::string(65, '1'), "q"}}) {
        INFO(row.query);
        const auto answer = shop.call("GET", "/v1/orders?" + row.query, "", {.role = "staff"});
        REQUIRE(answer.status == 400);
        CHECK(json_of(answer).at("errors").at(0).at("pointer") == row.pointer);
    }
}

TEST_CASE("order_list: a rare name in a large shop is found over pages that may be empty",
          "[orderd]") {
    OrderShop shop;
    std::vector<std::string> names(20'010, "ada");
    names[3] = "grace";
    fill(shop, 20'010, names);
    const auto first = json_of(shop.call("GET", "/v1/orders?q=grace", "", {.role = "staff"}));
    CHECK(first.at("items").empty());
    CHECK(first.contains("next_cursor"));
    CHECK(listed(shop, "&q=grace", "staff", 50) == V{3});
}

}  // namespace
}  // namespace shop::test
