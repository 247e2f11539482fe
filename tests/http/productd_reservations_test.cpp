// Reservations: hold, confirm, release, expire.
#include <fmt/format.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

namespace {

struct Figures {
    std::int64_t on_hand, reserved, available;
    bool operator==(const Figures&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Figures& f) {
    return out << f.on_hand << '/' << f.reserved << '/' << f.available;
}
Figures figures(ProductShop& shop, const std::string& ref) {
    const auto level = shop.get("/v1/products/" + ref + "/stock");
    REQUIRE(level.status == 200);
    const auto number = [&](const char* name) { return level.body.at(name).get<std::int64_t>(); };
    return {number("on_hand"), number("reserved"), number("available")};
}
Answer confirm(ProductShop& shop, const std::string& order) {
    return shop.post("/v1/reservations/" + order + "/confirm", "", "service:orderd");
}
Answer release(ProductShop& shop, const std::string& order) {
    return shop.post("/v1/reservations/" + order + "/release", "", "service:orderd");
}
Answer get(ProductShop& shop, const std::string& order) {
    return shop.get("/v1/reservations/" + order, "service:orderd");
}

}  // namespace

TEST_CASE("reservation: held pieces are not available, and still in the house", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag", 5);
    const auto order = new_id("ord");
    const auto held = shop.reserve(order, {{made.text("id"), 3}});
    REQUIRE(held.status == 200);
    CHECK(held.body["order_id"] == order);
    CHECK(held.body["state"] == "held");
    CHECK(held.body["lines"][0]["quantity"] == 3);
    CHECK(held.body["expires_at"] ==
          format_time(shop.rig().clock().now() + std::chrono::minutes(15)));
    CHECK(figures(shop, "A") == Figures{5, 3, 2});
    CHECK(get(shop, order).body == held.body);
}

TEST_CASE("reservation: the same lines again are the same reservation, others a conflict",
          "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    const auto held = shop.reserve(order, {{id, 3}});
    shop.rig().clock().advance(std::chrono::minutes(1));
    CHECK(shop.reserve(order, {{id, 3}}).body == held.body);
    CHECK(shop.reserve(order, {{id, 2}}).status == 409);
    CHECK(figures(shop, "A") == Figures{5, 3, 2});
    REQUIRE(confirm(shop, order).status == 200);
    CHECK(shop.reserve(order, {{id, 3}}).body["state"] == "confirmed");
    CHECK(shop.reserve(order, {{id, 2}}).status == 409);
    CHECK(figures(shop, "A") == Figures{2, 0, 2});
}

TEST_CASE("reservation: all lines or none, and each line that lacks pieces is named",
          "[productd]") {
    ProductShop shop;
    const auto a = shop.make("A", "Bag", 5).text("id");
    const auto b = shop.make("B", "Box", 1).text("id");
    const auto c = shop.make("C", "Cup").text("id");
    const auto order = new_id("ord");
    const auto refused = shop.reserve(order, {{a, 2}, {b, 2}, {c, 1}});
    CHECK(refused.status == 409);
    CHECK(refused.type() == "conflict");
    REQUIRE(refused.body["errors"].size() == 2);
    CHECK(refused.body["errors"][0]["pointer"] == "/lines/1/quantity");
    CHECK(refused.body["errors"][0]["detail"] == "only 1 of Box available");
    CHECK(refused.body["errors"][1]["pointer"] == "/lines/2/quantity");
    CHECK(refused.body["errors"][1]["detail"] == "only 0 of Cup available");
    CHECK(figures(shop, "A") == Figures{5, 0, 5});
    CHECK(get(shop, order).status == 404);
}

TEST_CASE("reservation: a product that does not exist is 404 and named", "[productd]") {
    ProductShop shop;
    const auto a = shop.make("A", "Bag", 5).text("id");
    const auto refused = shop.reserve(new_id("ord"), {{a, 9}, {new_id("prd"), 1}});
    CHECK(refused.status == 404);
    CHECK(refused.body["errors"][1]["pointer"] == "/lines/1/product_id");
    CHECK(figures(shop, "A") == Figures{5, 0, 5});
}

TEST_CASE("reservation: what is wrong with the request is named", "[productd]") {
    ProductShop shop;
    const auto a = shop.make("A", "Bag", 5).text("id");
    CHECK(shop.reserve("17", {{a, 1}}).pointer() == "order");
    CHECK(shop.reserve(new_id("usr"), {{a, 1}}).status == 400);
    const auto order = new_id("ord");
    CHECK(shop.reserve(order, {{a, 1}, {a, 1}}).pointer() == "/lines/1/product_id");
    CHECK(shop.reserve(order, {{a, 0}}).pointer() == "/lines/0/quantity");
    CHECK(shop.reserve(order, {}).pointer() == "/lines");
    CHECK(shop.reserve(order, {{"bag", 1}}).pointer() == "/lines/0/product_id");
    CHECK(shop.send("service:orderd", "PUT", "/v1/reservations/" + order,
                    R"({"lines":[],"ttl_seconds":0})")
              .status == 400);
    CHECK(figures(shop, "A") == Figures{5, 0, 5});
}

TEST_CASE("reservation_confirm: sells what is held, once", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}).status == 200);
    for (int i = 0; i < 2; ++i) {
        const auto sold = confirm(shop, order);
        REQUIRE(sold.status == 200);
        CHECK(sold.body["state"] == "confirmed");
        CHECK(figures(shop, "A") == Figures{2, 0, 2});
    }
    const auto ledger = shop.get("/v1/products/A/stock/movements", "staff").body["items"];
    REQUIRE(ledger.size() == 2);
    CHECK(ledger[0]["kind"] == "sale");
    CHECK(ledger[0]["quantity"] == -3);
    CHECK(ledger[0]["reference"] == order);
    CHECK(confirm(shop, new_id("ord")).status == 404);
}

TEST_CASE("reservation_release: frees what is held, once", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}).status == 200);
    for (int i = 0; i < 2; ++i) {
        const auto freed = release(shop, order);
        REQUIRE(freed.status == 200);
        CHECK(freed.body["state"] == "released");
        CHECK(freed.body["reason"] == "cancelled");
        CHECK(figures(shop, "A") == Figures{5, 0, 5});
    }
    CHECK(confirm(shop, order).status == 409);
    CHECK(shop.reserve(order, {{id, 3}}).status == 409);
    CHECK(release(shop, new_id("ord")).status == 404);
}

TEST_CASE("reservation_release: takes back what was sold, once", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}).status == 200);
    REQUIRE(confirm(shop, order).status == 200);
    for (int i = 0; i < 2; ++i) {
        CHECK(release(shop, order).body["state"] == "released");
        CHECK(figures(shop, "A") == Figures{5, 0, 5});
    }
    const auto ledger = shop.get("/v1/products/A/stock/movements", "staff").body["items"];
    REQUIRE(ledger.size() == 3);
    CHECK(ledger[0]["kind"] == "return");
    CHECK(ledger[0]["quantity"] == 3);
}

TEST_CASE("reservation: products that are not tracked pass, whatever they are later",
          "[productd]") {
    ProductShop shop;
    const auto made = shop.post("/v1/products", product("W", "Wrap", R"("track_stock":false)"));
    const auto order = new_id("ord");
    const auto held = shop.reserve(order, {{made.text("id"), 1000}});
    REQUIRE(held.status == 200);
    CHECK(held.body["lines"][0]["tracked"] == false);
    REQUIRE(confirm(shop, order).status == 200);
    REQUIRE(shop.patch("/v1/products/W", R"({"track_stock":true})").status == 200);
    REQUIRE(release(shop, order).status == 200);
    CHECK(figures(shop, "W") == Figures{0, 0, 0});
}

TEST_CASE("reservation: what was sold of a deleted product can be taken back", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}).status == 200);
    REQUIRE(confirm(shop, order).status == 200);
    REQUIRE(shop.del("/v1/products/A").status == 204);
    const auto before = shop.events().size();
    CHECK(release(shop, order).body["state"] == "released");
    // No level came back with the pieces.
    CHECK(shop.events().size() == before + 1);
}

TEST_CASE("reservation: expires by itself, and can be held anew", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}, 60).status == 200);
    const auto other = new_id("ord");
    REQUIRE(shop.reserve(other, {{id, 1}}, 61).status == 200);
    shop.rig().clock().advance(std::chrono::seconds(59));
    shop.sweep();
    CHECK(figures(shop, "A") == Figures{5, 4, 1});
    shop.rig().clock().advance(std::chrono::seconds(1));
    shop.sweep();
    CHECK(figures(shop, "A") == Figures{5, 1, 4});
    const auto expired = get(shop, order);
    CHECK(expired.body["state"] == "released");
    CHECK(expired.body["reason"] == "expired");
    CHECK(shop.events().back()["type"] == "reservation.released");
    CHECK(shop.events().back()["actor"] == "");
    CHECK(confirm(shop, order).status == 409);
    CHECK(shop.reserve(order, {{id, 4}}).body["state"] == "held");
    CHECK(figures(shop, "A") == Figures{5, 5, 0});
}

TEST_CASE("reservation: one whose time is over can be confirmed until it is released",
          "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}, 1).status == 200);
    shop.rig().clock().advance(std::chrono::hours(1));
    CHECK(confirm(shop, order).body["state"] == "confirmed");
    shop.sweep();
    CHECK(figures(shop, "A") == Figures{2, 0, 2});
}

TEST_CASE("reservation: put again after its time, it gets a new one", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{id, 3}}, 1).status == 200);
    shop.rig().clock().advance(std::chrono::seconds(5));
    REQUIRE(shop.reserve(order, {{id, 3}}, 10).status == 200);
    shop.sweep();
    CHECK(get(shop, order).body["state"] == "held");
    CHECK(figures(shop, "A") == Figures{5, 3, 2});
}

TEST_CASE("reservation: more than one round of expired ones are all released", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 200).text("id");
    for (int i = 0; i < 120; ++i) REQUIRE(shop.reserve(new_id("ord"), {{id, 1}}, 1).status == 200);
    shop.rig().clock().advance(std::chrono::seconds(1));
    shop.sweep();
    CHECK(figures(shop, "A") == Figures{200, 0, 200});
}

TEST_CASE("reservation: 64 buyers at once sell 100 pieces exactly", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 100).text("id");
    const Fields fields{{"authorization", "Bearer " + shop.rig().token("service:orderd")},
                        {"content-type", "application/json"}};
    const std::string body = ProductShop::reservation({{id, 1}});
    std::atomic<int> sold = 0;
    std::atomic<int> refused = 0;
    // Checks are for one thread, so the buyers only count.
    const auto buy = [&] {
        const std::string target = "/v1/reservations/" + new_id("ord");
        const int status = shop.handle("PUT", target, body, fields).status;
        if (status == 409) ++refused;
        if (status != 200) return;
        const Fields bearer{fields[0]};
        if (shop.handle("POST", target + "/confirm", "", bearer).status == 200) ++sold;
    };
    std::vector<std::thread> buyers;
    for (int i = 0; i < 64; ++i)
        buyers.emplace_back([&] {
            for (int n = 0; n < 3; ++n) buy();
        });
    for (auto& buyer : buyers) buyer.join();
    CHECK(sold == 100);
    CHECK(refused == 92);
    CHECK(figures(shop, "A") == Figures{0, 0, 0});
}

TEST_CASE("reservation: the background sweeper releases what expires", "[productd]") {
    ProductShop shop;
    const auto id = shop.make("A", "Bag", 5).text("id");
    REQUIRE(shop.reserve(new_id("ord"), {{id, 3}}, 1).status == 200);
    shop.rig().clock().advance(std::chrono::seconds(2));
    shop.app().start();
    bool free = false;
    for (int i = 0; i < 500 && !free; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        free = figures(shop, "A") == Figures{5, 0, 5};
    }
    shop.app().stop();
    CHECK(free);
}
