// Figures of what was sold: the sums, the desk that keeps them, and the endpoint.
#include "orderd/sales.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "orderd_shop.hpp"

namespace shop::test {
namespace {

using api::Order;
using orders::SalesSum;
using namespace std::chrono_literals;

Time at(std::string_view text) { return parse_time(text).value(); }

Order order_of(std::int64_t number, std::string_view placed_at, std::int64_t amount,
               std::string_view state = "placed") {
    Order order;
    order.id = fmt::format("ord_{:032x}", number);
    order.number = number;
    order.user_id = "usr_" + std::string(32, '1');
    order.username = "ada";
    order.state = state;
    order.total = {amount, "GBP"};
    order.lines = {{.product_id = "prd_" + std::string(32, 'a'),
                    .sku = "MUG",
                    .name = "Mug",
                    .unit_price = {amount, "GBP"},
                    .quantity = 2,
                    .total = {amount, "GBP"}}};
    order.created_at = order.updated_at = at(placed_at);
    if (state != "pending") order.placed_at = at(placed_at);
    return order;
}

void store(OrderShop& shop, const std::vector<Order>& orders) {
    const auto done = shop.app().store().write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& order : orders) SHOP_CHECK(shop.app().tables().orders.put(tx, order));
        return {};
    });
    REQUIRE(done.has_value());
}

Json sales(OrderShop& shop, const std::string& query = "") {
    const auto answer = shop.call("GET", "/v1/sales" + query, "", {.role = "staff"});
    REQUIRE(answer.status == 200);
    return json_of(answer);
}

TEST_CASE("sales: a day of UTC is from its first to its last millisecond", "[orderd]") {
    const auto now = GENERATE("2026-11-28T00:00:00Z", "2026-11-28T23:59:59.999Z");
    SalesSum sum(at(now), 2, "GBP");
    for (const auto& [placed_at, amount] :
         {std::pair{"2026-11-26T23:59:59.999Z", 1}, std::pair{"2026-11-27T00:00:00Z", 20},
          std::pair{"2026-11-27T23:59:59.999Z", 300}, std::pair{"2026-11-28T00:00:00Z", 4000},
          std::pair{"2026-11-29T00:00:00Z", 50'000}})
        REQUIRE(sum.add(order_of(1, placed_at, amount)).has_value());
    const auto report = sum.take();
    REQUIRE(report.days.size() == 2);
    CHECK(report.days[0].day == "2026-11-27");
    CHECK(report.days[0].revenue == Money{320, "GBP"});
    CHECK(report.days[0].orders == 2);
    CHECK(report.days[1].day == "2026-11-28");
    CHECK(report.days[1].revenue == Money{4000, "GBP"});
    CHECK(report.total.revenue == Money{4320, "GBP"});
    CHECK(report.total.pieces == 6);
}

TEST_CASE("sales: pending and cancelled orders and other currencies are in no sum", "[orderd]") {
    const std::string day = "2026-11-28T12:00:00Z";
    SalesSum sum(at(day), 1, "GBP");
    auto foreign = order_of(1, day, 7);
    foreign.total.currency = "EUR";
    for (const auto& order :
         {order_of(5, day, 1), order_of(4, day, 20, "fulfilled"), order_of(3, day, 300, "pending"),
          order_of(2, day, 4000, "cancelled"), foreign})
        REQUIRE(sum.add(order).has_value());
    const auto report = sum.take();
    CHECK(report.total.orders == 2);
    CHECK(report.total.revenue == Money{21, "GBP"});
    CHECK(report.in_other_currencies == 1);
    REQUIRE(report.products.size() == 1);
    CHECK(report.products[0].revenue == Money{21, "GBP"});
    CHECK(report.products[0].pieces == 4);
}

TEST_CASE("sales: sums that cannot be written are refused", "[orderd]") {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    const std::string day = "2026-11-28T12:00:00Z";
    SECTION("revenue") {
        SalesSum sum(at(day), 1, "GBP");
        REQUIRE(sum.add(order_of(2, day, kMost)).has_value());
        const auto more = sum.add(order_of(1, day, 1));
        REQUIRE_FALSE(more.has_value());
        CHECK(more.error().fields.at(0).pointer == "days");
    }
    SECTION("pieces") {
        SalesSum sum(at(day), 1, "GBP");
        auto order = order_of(1, day, 1);
        order.lines[0].quantity = kMost;
        order.lines.push_back(order.lines[0]);
        CHECK_FALSE(sum.add(order).has_value());
    }
    SECTION("days apart, each of which fits") {
        SalesSum sum(at(day), 2, "GBP");
        auto order = order_of(2, day, kMost);
        order.lines.clear();
        REQUIRE(sum.add(order).has_value());
        order.placed_at = *order.placed_at - 24h;
        CHECK_FALSE(sum.add(order).has_value());
    }
}

TEST_CASE("sales: the ten products that earned most, with their newest names", "[orderd]") {
    const std::string day = "2026-11-28T12:00:00Z";
    SalesSum sum(at(day), 1, "GBP");
    for (int i = 12; i > 0; --i) {
        auto order = order_of(i, day, i);
        order.lines[0].product_id = fmt::format("prd_{:032x}", i);
        order.lines.push_back(order.lines[0]);
        order.lines[1].product_id = "prd_" + std::string(32, 'f');
        order.lines[1].name = fmt::format("Name {}", i);
        order.lines[1].total.amount = 1;
        REQUIRE(sum.add(order).has_value());
    }
    const auto report = sum.take();
    REQUIRE(report.products.size() == 10);
    std::vector<std::int64_t> earned;
    for (const auto& product : report.products) earned.push_back(product.revenue.amount);
    CHECK(earned == std::vector<std::int64_t>{12, 12, 11, 10, 9, 8, 7, 6, 5, 4});
    CHECK(report.products[1].name == "Name 12");
}

TEST_CASE("sales: the report's sums are those of the orders", "[orderd]") {
    rc::check([] {
        const Time now = at("2026-11-28T13:00:00Z");
        const auto days = *rc::gen::inRange<std::int64_t>(1, 40);
        const auto picks = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
            rc::gen::tuple(rc::gen::inRange(-30, 45 * 24), rc::gen::inRange(0, 100'000),
                           rc::gen::inRange(0, 4)));
        SalesSum sum(now, days, "GBP");
        const Time midnight = std::chrono::floor<std::chrono::days>(now);
        std::int64_t count = 0;
        std::int64_t revenue = 0;
        for (const auto& [hours_ago, amount, state] : picks) {
            constexpr std::array kStates = {"pending", "placed", "fulfilled", "cancelled"};
            const Time placed = now - std::chrono::hours(hours_ago);
            const auto order = order_of(1, format_time(placed), amount,
                                        kStates.at(static_cast<std::size_t>(state)));
            RC_ASSERT(sum.add(order).has_value());
            const bool in_days = placed >= midnight - std::chrono::days(days - 1) &&
                                 placed < midnight + std::chrono::days(1);
            if (!in_days || (state != 1 && state != 2)) continue;
            ++count;
            revenue += amount;
        }
        const auto report = sum.take();
        RC_ASSERT(std::ssize(report.days) == days);
        std::int64_t of_days = 0;
        for (const auto& day : report.days) of_days += day.revenue.amount;
        RC_ASSERT(of_days == revenue);
        RC_ASSERT(report.total.revenue.amount == revenue);
        RC_ASSERT(report.total.orders == count);
        RC_ASSERT(report.total.pieces == 2 * count);
        RC_ASSERT((report.products.empty() ? 0 : report.products[0].revenue.amount) == revenue);
    });
}

TEST_CASE("sales_get: an empty shop has every day, with nothing", "[orderd]") {
    OrderShop shop;
    const Json report = sales(shop);
    REQUIRE(report.at("days").size() == 30);
    CHECK(report.at("days").at(29).at("day") == format_time(shop.clock().now()).substr(0, 10));
    for (const Json& day : report.at("days")) {
        CHECK(day.at("orders") == 0);
        CHECK(day.at("revenue") == Json{{"amount", 0}, {"currency", "GBP"}});
    }
    CHECK(report.at("products").empty());
    CHECK(report.at("to_fulfil") == 0);
    CHECK(report.at("pending") == 0);
}

TEST_CASE("sales_get: orders of many snapshots are each counted once", "[orderd]") {
    OrderShop shop;
    const Time now = shop.clock().now();
    std::vector<Order> orders;
    for (int i = 1; i <= 1234; ++i)
        orders.push_back(order_of(i, format_time(now - 20h + std::chrono::seconds(i)), 3,
                                  i % 10 == 0 ? "fulfilled" : "placed"));
    orders.push_back(order_of(2000, format_time(now), 3, "pending"));
    store(shop, orders);
    const Json report = sales(shop, "?days=2");
    CHECK(report.at("total").at("orders") == 1234);
    CHECK(report.at("total").at("revenue").at("amount") == 3 * 1234);
    CHECK(report.at("to_fulfil") == 1234 - 123);
    CHECK(report.at("pending") == 1);
}

TEST_CASE("sales_get: what is to be fulfilled counts however old it is", "[orderd]") {
    OrderShop shop;
    const Time now = shop.clock().now();
    auto late = order_of(2, format_time(now - 48h), 5);  // made two days before it was placed
    late.placed_at = now;
    store(shop, {order_of(1, format_time(now - 24h * 300), 3), late});
    const Json report = sales(shop, "?days=1");
    CHECK(report.at("total").at("revenue").at("amount") == 5);
    CHECK(report.at("to_fulfil") == 2);
}

TEST_CASE("sales_get: an answer is kept for seconds, and not into the next day", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("MUG", 295, 100);
    const auto total = [&](const std::string& query = "") {
        return sales(shop, query).at("total").at("orders").get<int>();
    };
    const Time midnight = std::chrono::ceil<std::chrono::days>(shop.clock().now());
    shop.clock().advance(midnight - shop.clock().now() - 9s);
    CHECK(total() == 0);
    shop.add("MUG", 1);
    REQUIRE(shop.check_out("1").status == 201);
    CHECK(total() == 0);
    CHECK(total("?days=1") == 1);
    shop.clock().advance(6s);
    CHECK(total() == 1);
    shop.clock().advance(3s);
    CHECK(total("?days=1") == 0);
    REQUIRE(shop.call("POST", "/v1/orders/1/cancel", "{}").status == 200);
    shop.clock().advance(6s);
    CHECK(total() == 0);
}

TEST_CASE("sales_get: those who see all orders see it, with a number of days", "[orderd]") {
    OrderShop shop;
    CHECK(shop.call("GET", "/v1/sales").status == 403);
    CHECK(shop.call("GET", "/v1/sales", "", {.role = "admin"}).status == 200);
    CHECK(shop.call("GET", "/v1/sales", "", {.role = "service:productd"}).status == 403);
    for (const std::string query :
         {"days=0", "days=367", "days=x", "days=-1", "days=", "weeks=1", "days=1&days=2"}) {
        INFO(query);
        const auto answer = shop.call("GET", "/v1/sales?" + query, "", {.role = "staff"});
        REQUIRE(answer.status == 400);
        CHECK(json_of(answer).at("errors").at(0).at("pointer") ==
              (query.starts_with("days") ? "days" : "weeks"));
    }
    CHECK(sales(shop, "?days=366").at("days").size() == 366);
}

}  // namespace
}  // namespace shop::test
