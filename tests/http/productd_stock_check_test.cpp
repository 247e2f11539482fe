// The check of stock: what is whole has no findings, each kind of damage is found, and what is
// derived is mended.
#include <catch2/catch.hpp>

#include "http/productd_shop.hpp"
#include "productd/stock.hpp"

using namespace shop;
using namespace shop::products;
using namespace shop::products::test;

namespace {

// What a check of the whole store finds in one part.
Json::array_t findings(ProductShop& shop, const std::string& part, bool repair = false) {
    Json::array_t found;
    std::string cursor;
    do {
        const auto page = shop.post("/v1/store/check",
                                    Json{{"cursor", cursor}, {"repair", repair}}.dump(), "admin");
        REQUIRE(page.status == 200);
        for (const auto& finding : page.body["findings"]) {
            INFO(finding.dump());
            CHECK(finding["part"] == part);
            found.push_back(finding);
        }
        cursor = page.body.value("next_cursor", "");
    } while (!cursor.empty());
    return found;
}

void write(ProductShop& shop, const std::function<void(const Tables&, store::Transaction&)>& work) {
    const Tables tables;  // the same numbers as the app's own
    REQUIRE(shop.app().service().parts().store.write([&](store::Transaction& tx) -> Result<void> {
        work(tables, tx);
        return {};
    }));
}

// A shop where pieces were received, held, sold, given back and counted anew.
struct BusyShop : ProductShop {
    std::string bag, box, gift;
    std::string sold = new_id("ord");
    BusyShop() {
        bag = make("A", "Bag", 10).text("id");
        box = make("B", "Box", 5).text("id");
        gift = post("/v1/products", product("G", "Gift", R"("track_stock":false)")).text("id");
        const std::string held = new_id("ord"), taken_back = new_id("ord"), over = new_id("ord");
        reserve(held, {{bag, 1}, {box, 2}});
        for (const auto& order : {sold, taken_back}) {
            reserve(order, {{bag, 2}, {gift, 1}});
            send("service:orderd", "POST", "/v1/reservations/" + order + "/confirm");
        }
        send("service:orderd", "POST", "/v1/reservations/" + taken_back + "/release");
        reserve(over, {{box, 1}}, 1);
        rig().clock().advance(std::chrono::seconds(2));
        sweep();
        receive("A", 3);
    }
};

}  // namespace

TEST_CASE("stock check: a busy shop has nothing wrong", "[productd]") {
    BusyShop shop;
    CHECK(findings(shop, "").empty());
}

TEST_CASE("stock check: a level that is not what ledger and reservations say is found and set",
          "[productd]") {
    BusyShop shop;
    const std::string right = shop.get("/v1/products/A/stock").raw;
    const std::string wrong =
        GENERATE(R"({"on_hand":99,"reserved":1,"available":98,"version":40})",
                 R"({"on_hand":11,"reserved":0,"available":11,"version":40})",
                 R"({"on_hand":11,"reserved":1,"available":11,"version":40})",
                 R"({"on_hand":11,"reserved":1,"available":10,"version":1})", "{", "");
    CAPTURE(right, wrong);
    write(shop, [&](const Tables& tables, store::Transaction& tx) {
        tx.erase(tables.levels, shop.bag);
        if (!wrong.empty()) tx.put(tables.levels, shop.bag, wrong);
    });
    const auto found = findings(shop, "levels");
    REQUIRE(found.size() == 1);
    CHECK(found[0]["subject"] == shop.bag);
    CHECK(found[0]["repaired"] == false);
    const auto mended = findings(shop, "levels", true);
    REQUIRE(mended.size() == 1);
    INFO(Json(mended).dump());
    CHECK(mended[0]["repaired"] == true);
    CHECK(findings(shop, "").empty());
    const auto level = shop.get("/v1/products/A/stock").body;
    CHECK(level["on_hand"] == Json::parse(right)["on_hand"]);
    CHECK(level["reserved"] == 1);
    // The ledger goes on behind its last entry.
    CHECK(shop.receive("A", 1).status == 201);
    CHECK(findings(shop, "").empty());
}

TEST_CASE("stock check: levels of nothing are taken away", "[productd]") {
    BusyShop shop;
    const std::string level = R"({"on_hand":0,"reserved":0,"available":0,"version":1})";
    write(shop, [&](const Tables& tables, store::Transaction& tx) {
        tx.put(tables.levels, shop.gift, level);
        tx.put(tables.levels, "prd_0", level);
        tx.put(tables.levels, "prd_z", level);
    });
    CHECK(findings(shop, "levels", true).size() == 3);
    CHECK(findings(shop, "").empty());
}

TEST_CASE("stock check: a changed ledger is found and never mended", "[productd]") {
    BusyShop shop;
    SECTION("an entry that is gone") {
        write(shop, [&](const Tables& tables, store::Transaction& tx) {
            std::string first;
            tx.scan(tables.movements, store::prefix_range(shop.box),
                    [&](std::string_view key, std::string_view) {
                        first = key;
                        return false;
                    });
            tx.erase(tables.movements, first);
        });
        // Set to what is left of the ledger, it would be below what is reserved.
        const auto found = findings(shop, "levels", true);
        REQUIRE(found.size() == 1);
        CHECK(found[0]["repaired"] == false);
    }
    SECTION("an entry that says another quantity") {
        write(shop, [&](const Tables& tables, store::Transaction& tx) {
            std::string first, bytes;
            tx.scan(tables.movements, store::prefix_range(shop.bag),
                    [&](std::string_view key, std::string_view value) {
                        first = key, bytes = value;
                        return false;
                    });
            Json movement = Json::parse(bytes);
            movement["quantity"] = 7;
            tx.put(tables.movements, first, movement.dump());
        });
        CHECK(findings(shop, "levels").size() >= 2);  // each entry behind it, and the level
    }
    SECTION("a sale whose reservation is gone") {
        write(shop, [&](const Tables& tables, store::Transaction& tx) {
            tables.reservations.erase(tx, shop.sold);
        });
        const auto found = findings(shop, "levels", true);
        REQUIRE(found.size() == 1);
        CHECK(found[0]["repaired"] == false);
        CHECK(found[0]["problem"].get<std::string>().find(shop.sold) != std::string::npos);
    }
}

TEST_CASE("store check: a cursor that is none is refused and names its field", "[productd]") {
    ProductShop shop;
    for (const char* cursor : {"x", "99.", "-1.", "0", "0.%", "0.A.B", "1e1."}) {
        const auto answer = shop.post("/v1/store/check", Json{{"cursor", cursor}}.dump(), "admin");
        CHECK(answer.status == 400);
        CHECK(answer.pointer() == "/cursor");
    }
}

TEST_CASE("reservation_list: in the order of the ids, within the range, page by page",
          "[productd]") {
    ProductShop shop;
    const std::string bag = shop.make("A", "Bag", 10).text("id");
    std::vector<std::string> orders;
    for (int i = 0; i < 5; ++i) {
        orders.push_back(new_id("ord"));
        REQUIRE(shop.reserve(orders.back(), {{bag, 1}}).status == 200);
    }
    const auto listed = [&](const std::string& query) {
        std::vector<std::string> ids;
        const auto page = shop.get("/v1/reservations?" + query, "service:orderd");
        for (const auto& item : page.body.at("items")) ids.push_back(item["order_id"]);
        return ids;
    };
    CHECK(listed("limit=200") == orders);
    CHECK(listed("limit=2") == std::vector(orders.begin(), orders.begin() + 2));
    CHECK(listed("after=" + orders[0] + "&until=" + orders[2]) ==
          std::vector(orders.begin() + 1, orders.begin() + 3));
    CHECK(listed("after=" + orders[4]).empty());
}
