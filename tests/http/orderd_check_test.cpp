// The check of orders against reservations, and the cut of a backup.
#include <future>

#include "http/orderd_shop.hpp"

using namespace shop;

namespace shop::test {
namespace {

using namespace std::chrono_literals;

// What a check of the whole store finds.
Json::array_t findings(OrderShop& shop) {
    Json::array_t found;
    std::string cursor;
    do {
        const auto answer =
            shop.call("POST", "/v1/store/check", dump(Json{{"cursor", cursor}}), {.role = "admin"});
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        const Json page = json_of(answer);
        for (const auto& finding : page.at("findings")) found.push_back(finding);
        cursor = page.value("next_cursor", "");
    } while (!cursor.empty());
    return found;
}

std::string problem(const Json::array_t& found) {
    REQUIRE(found.size() == 1);
    CHECK(found[0].at("part") == "reservations");
    return found[0].at("problem").get<std::string>();
}

// The id of an order of two products that was placed.
std::string place(OrderShop& shop, const std::string& key) {
    REQUIRE(shop.add("CUP", 1).status < 300);
    REQUIRE(shop.add("POT", 2).status < 300);
    const auto answer = shop.check_out(key);
    REQUIRE(answer.status == 201);
    return json_of(answer).at("id");
}

void stock(OrderShop& shop) {
    shop.catalogue().add("CUP", 100, 50);
    shop.catalogue().add("POT", 900, 50);
}

std::string backup_id(char digit) { return "bak_" + std::string(32, digit); }

http::Response take(OrderShop& shop, const std::string& id, const std::string& role = "admin") {
    return shop.call("POST", "/v1/store/snapshots", dump(Json{{"id", id}}), {.role = role});
}

TEST_CASE("order check: placed, fulfilled, cancelled and pending orders fit", "[orderd]") {
    OrderShop shop;
    stock(shop);
    place(shop, "key-1");
    const auto fulfilled = place(shop, "key-2");
    const auto cancelled = place(shop, "key-3");
    shop.call("POST", "/v1/orders/" + fulfilled + "/fulfil", "", {.role = "staff"});
    shop.call("POST", "/v1/orders/" + cancelled + "/cancel", "{}");
    shop.catalogue().add_fault({.operation = "confirm", .when = FakeCatalogue::When::after});
    shop.add("CUP", 1);
    REQUIRE(shop.check_out("key-4").status == 503);
    REQUIRE(shop.orders()[0].at("state") == "pending");
    CHECK(findings(shop).empty());
    CHECK(shop.order_count() == 4);
}

TEST_CASE("order check: what does not fit is found", "[orderd]") {
    OrderShop shop;
    stock(shop);
    const auto order = place(shop, "key-1");
    SECTION("no reservation") {
        shop.catalogue().set_reservation(order, "");
        CHECK(problem(findings(shop)) == "it is placed and productd has no reservation for it");
    }
    SECTION("a released reservation") {
        shop.catalogue().set_reservation(order, "released");
        CHECK(problem(findings(shop)) == "it is placed, but its reservation is released");
    }
    SECTION("other lines") {
        shop.catalogue().drop_line(order);
        CHECK(problem(findings(shop)) == "its lines are not those of its reservation");
    }
    SECTION("a cancelled order whose pieces are sold") {
        shop.call("POST", "/v1/orders/" + order + "/cancel", "{}");
        shop.catalogue().set_reservation(order, "confirmed");
        CHECK(problem(findings(shop)) ==
              "it is cancelled, but its pieces are still sold at productd");
    }
    SECTION("a reservation of nobody") {
        shop.catalogue().set_reservation("ord_" + std::string(32, '0'), "confirmed");
        CHECK(problem(findings(shop)).find("no such order") != std::string::npos);
    }
    SECTION("a pending order that nobody drives on") {
        shop.catalogue().add_fault({.operation = "confirm"});
        shop.add("CUP", 1);
        REQUIRE(shop.check_out("key-2").status == 503);
        const auto pending = shop.orders()[0].at("id").get<std::string>();
        REQUIRE(shop.app().store().write([&](store::Transaction& tx) -> Result<void> {
            shop.app().tables().checkouts.erase(tx, pending);
            return {};
        }));
        CHECK(problem(findings(shop)) == "it is pending and no checkout drives it on");
    }
}

TEST_CASE("order check: over several pages each reservation is met once", "[orderd]") {
    OrderShop shop;
    shop.catalogue().add("CUP", 100, 1000);
    std::vector<std::string> ids;
    for (int i = 0; i < 450; ++i) {
        shop.add("CUP", 1);
        ids.push_back(json_of(shop.check_out("key-" + std::to_string(i))).at("id"));
    }
    CHECK(findings(shop).empty());
    shop.catalogue().set_reservation(ids[199], "");
    shop.catalogue().set_reservation(ids[200], "held");
    shop.catalogue().set_reservation(ids[449], "released");
    CHECK(findings(shop).size() == 3);
}

TEST_CASE("order check: what changed while it was read is looked at again at rest", "[orderd]") {
    OrderShop shop;
    stock(shop);
    const auto order = place(shop, "key-1");
    shop.catalogue().set_reservation(order, "held");
    // Before the second look everything is in order.
    std::atomic<int> looks = 0;
    shop.catalogue().on_reservations([&] {
        if (++looks == 2) shop.catalogue().set_reservation(order, "confirmed");
    });
    CHECK(findings(shop).empty());
    CHECK(looks == 2);
}

TEST_CASE("order check: without productd it says so", "[orderd]") {
    OrderShop shop;
    stock(shop);
    place(shop, "key-1");
    shop.catalogue().set_down(true);
    int refused = 0;
    for (std::string cursor, next; refused == 0; cursor = next) {
        const auto answer =
            shop.call("POST", "/v1/store/check", dump(Json{{"cursor", cursor}}), {.role = "admin"});
        if (answer.status == 503) ++refused;
        if (answer.status != 200) break;
        next = json_of(answer).value("next_cursor", "");
        if (next.empty()) break;
    }
    CHECK(refused == 1);
}

TEST_CASE("cut: the snapshot waits for the calls that are under way, and productd's is first",
          "[orderd]") {
    OrderShop shop;
    stock(shop);
    std::promise<void> inside, go_on;
    shop.catalogue().on_reserve([&] {
        inside.set_value();
        go_on.get_future().wait();
    });
    shop.add("CUP", 1);
    auto order = std::async(std::launch::async, [&] {
        return shop.raw_call("POST", "/v1/orders", R"({"note":""})", {.key = "key-1"}).status;
    });
    inside.get_future().wait();
    auto snapshot = std::async(std::launch::async, [&] {
        return shop
            .raw_call("POST", "/v1/store/snapshots", dump(Json{{"id", backup_id('1')}}),
                      {.role = "admin"})
            .status;
    });
    CHECK(snapshot.wait_for(100ms) == std::future_status::timeout);
    CHECK(shop.catalogue().snapshots().empty());
    go_on.set_value();
    CHECK(order.get() == 201);
    CHECK(snapshot.get() == 202);
    CHECK(shop.catalogue().snapshots() == std::vector{backup_id('1')});
}

TEST_CASE("cut: checkouts wait while productd's snapshot is taken, and go on after it",
          "[orderd]") {
    OrderShop shop;
    stock(shop);
    shop.add("CUP", 1);
    std::future<int> order;
    shop.catalogue().on_snapshot([&] {
        order = std::async(std::launch::async, [&] {
            return shop.raw_call("POST", "/v1/orders", R"({"note":""})", {.key = "key-1"}).status;
        });
        CHECK(order.wait_for(100ms) == std::future_status::timeout);
        CHECK(shop.catalogue().calls("reserve") == 0);
    });
    CHECK(take(shop, backup_id('1')).status == 202);
    CHECK(order.get() == 201);
}

TEST_CASE("cut: the same snapshot again is not taken again; without productd there is none",
          "[orderd]") {
    OrderShop shop;
    CHECK(take(shop, backup_id('1')).status == 202);
    CHECK(take(shop, backup_id('1')).status == 202);
    CHECK(shop.catalogue().snapshots().size() == 1);
    shop.catalogue().set_down(true);
    CHECK(take(shop, backup_id('2')).status == 503);
    CHECK(shop.call("GET", "/v1/store/snapshots/" + backup_id('2'), "", {.role = "admin"}).status ==
          404);
    for (const std::string role : {"customer", "staff"})
        CHECK(take(shop, backup_id('3'), role).status == 403);
}

TEST_CASE("gate: who stays inside for too long is not waited for, and it opens again", "[orderd]") {
    orders::Gate gate;
    bool ran = false;
    const auto work = [&]() -> Result<void> {
        ran = true;
        return {};
    };
    {
        const orders::Gate::Inside inside(gate);
        const auto refused = gate.closed(10ms, work);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Code::unavailable);
        CHECK_FALSE(ran);
        const orders::Gate::Inside second(gate);
    }
    CHECK(gate.closed(10ms, work));
    CHECK(ran);
}

}  // namespace
}  // namespace shop::test
