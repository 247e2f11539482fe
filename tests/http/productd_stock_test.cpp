// Stock levels and the ledger of movements.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

namespace {

Answer book(ProductShop& shop, const std::string& kind, std::int64_t quantity) {
    return shop.post("/v1/products/A/stock/movements",
                     fmt::format(R"({{"kind":"{}","quantity":{}}})", kind, quantity));
}
std::int64_t on_hand(ProductShop& shop) {
    return shop.get("/v1/products/A/stock").body["on_hand"].get<std::int64_t>();
}

}  // namespace

TEST_CASE("stock: receive adds, adjust goes both ways, count sets", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto received = book(shop, "receive", 10);
    REQUIRE(received.status == 201);
    CHECK(received.body["on_hand"] == 10);
    CHECK(received.body["quantity"] == 10);
    CHECK(received.body["actor"] == shop.rig().principal("staff").user_id);
    CHECK(book(shop, "adjust", -3).body["on_hand"] == 7);
    CHECK(book(shop, "adjust", 1).body["on_hand"] == 8);
    const auto counted = book(shop, "count", 5);
    CHECK(counted.body["on_hand"] == 5);
    CHECK(counted.body["quantity"] == -3);
    CHECK(book(shop, "count", 5).body["quantity"] == 0);
    const auto level = shop.get("/v1/products/A/stock");
    CHECK(level.body["on_hand"] == 5);
    CHECK(level.body["reserved"] == 0);
    CHECK(level.body["available"] == 5);
    CHECK(shop.get("/v1/products/A").body["stock"] == level.body);
}

TEST_CASE("stock: a movement below zero is a conflict with the figures and changes nothing",
          "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag", 5);
    REQUIRE(shop.reserve(new_id("ord"), {{made.text("id"), 3}}).status == 200);
    for (const auto& refused : {book(shop, "adjust", -3), book(shop, "count", 2)}) {
        CHECK(refused.status == 409);
        CHECK(refused.type() == "conflict");
        CHECK(refused.text("detail").find("5 on hand, 3 of them reserved, 2 available") !=
              std::string::npos);
    }
    CHECK(on_hand(shop) == 5);
    CHECK(book(shop, "adjust", -2).status == 201);
    CHECK(shop.get("/v1/products/A/stock").body["available"] == 0);
}

TEST_CASE("stock: a movement that says nothing sensible is refused by its field", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag", 1);
    const struct {
        std::string kind;
        std::int64_t quantity;
        std::string pointer;
    } rows[] = {{"receive", 0, "/quantity"},
                {"receive", -1, "/quantity"},
                {"adjust", 0, "/quantity"},
                {"count", -1, "/quantity"},
                {"sale", -1, "/kind"},
                {"return", 1, "/kind"},
                {"theft", 1, "/kind"},
                {"receive", 1'000'000'000, "/quantity"},
                {"receive", 1'000'000'001, "/quantity"}};
    for (const auto& row : rows) {
        INFO(row.kind << ' ' << row.quantity);
        const auto refused = book(shop, row.kind, row.quantity);
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == row.pointer);
    }
    CHECK(on_hand(shop) == 1);
    CHECK(shop.post("/v1/products/none/stock/movements", R"({"kind":"receive","quantity":1})")
              .status == 404);
}

TEST_CASE("stock: the ledger is listed newest first, in pages", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    shop.make("B", "Box", 99);
    for (int i = 1; i <= 5; ++i) REQUIRE(book(shop, "receive", i).status == 201);
    std::string seen;
    std::string target = "/v1/products/A/stock/movements?limit=2";
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = shop.get(target, "staff");
        REQUIRE(page.status == 200);
        for (const auto& item : page.body["items"]) seen += item["quantity"].dump();
        if (!page.body.contains("next_cursor")) break;
        target = "/v1/products/A/stock/movements?limit=2&cursor=" + page.text("next_cursor");
    }
    CHECK(seen == "54321");
    for (const char* cursor : {"x", "AAAA", "%20"}) {
        const auto refused =
            shop.get(std::string("/v1/products/A/stock/movements?cursor=") + cursor, "staff");
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == "cursor");
    }
    CHECK(shop.get("/v1/products/none/stock/movements", "staff").status == 404);
}

TEST_CASE("stock: what is not tracked has no level, and says how to track it", "[productd]") {
    ProductShop shop;
    REQUIRE(shop.post("/v1/products", product("A", "Wrap", R"("track_stock":false)")).status ==
            201);
    CHECK(shop.get("/v1/products/A/stock").status == 404);
    const auto refused = book(shop, "receive", 1);
    CHECK(refused.status == 409);
    CHECK(refused.text("detail").find("track_stock") != std::string::npos);
    CHECK(shop.get("/v1/products/A/stock/movements", "staff").body["items"].empty());
}
