// Products: create, get, change, delete.
#include <catch2/catch.hpp>

#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

TEST_CASE("product_create: a product gets an id, a number, a slug, a level and an ETag",
          "[productd]") {
    ProductShop shop;
    const auto made = shop.post("/v1/products", R"({"sku":"85123A","name":"White Heart, Large!",
        "price":{"amount":295,"currency":"GBP"},"initial_stock":7})");
    REQUIRE(made.status == 201);
    CHECK(made.body["number"] == 1);
    CHECK(made.body["slug"] == "white-heart-large");
    CHECK(made.body["version"] == 1);
    CHECK(made.body["track_stock"] == true);
    CHECK(made.body["stock"]["on_hand"] == 7);
    CHECK(made.body["stock"]["available"] == 7);
    CHECK_FALSE(made.body.contains("initial_stock"));
    CHECK(made.header("location") == "/v1/products/" + made.text("id"));
    CHECK(made.header("etag") == "\"1.2\"");

    const auto ledger = shop.get("/v1/products/85123A/stock/movements", "staff");
    REQUIRE(ledger.body["items"].size() == 1);
    CHECK(ledger.body["items"][0]["kind"] == "receive");
    CHECK(ledger.body["items"][0]["quantity"] == 7);
}

TEST_CASE("product_create: without tracking there is no level and no stock to begin with",
          "[productd]") {
    ProductShop shop;
    const auto made =
        shop.post("/v1/products", R"({"sku":"GIFT","name":"Gift wrap","track_stock":false,
        "price":{"amount":100,"currency":"GBP"}})");
    REQUIRE(made.status == 201);
    CHECK_FALSE(made.body.contains("stock"));
    CHECK(made.header("etag") == "\"1.0\"");
    CHECK(shop.get("/v1/products/GIFT/stock").status == 404);

    const auto refused = shop.post(
        "/v1/products", R"({"sku":"GIFT2","name":"Gift wrap","track_stock":false,"initial_stock":1,
        "price":{"amount":100,"currency":"GBP"}})");
    CHECK(refused.status == 400);
    CHECK(refused.pointer() == "/initial_stock");
    CHECK(shop.get("/v1/products/GIFT2").status == 404);
}

TEST_CASE("product_create: equal names get slugs apart, by SKU and then by number", "[productd]") {
    ProductShop shop;
    CHECK(shop.make("A.1", "Bag").text("slug") == "bag");
    CHECK(shop.make("A-1", "Bag").text("slug") == "bag-a-1");
    CHECK(shop.make("A/1", "Bag").text("slug") == "bag-2");
    CHECK(shop.make("A_1", "Bag").text("slug") == "bag-3");
    CHECK(shop.make("X9", "袋").text("slug") == "x9");
    CHECK(shop.make("..", "袋").text("slug") == "product");
    const std::string longest(200, 'n');
    CHECK(shop.make("L1", longest).text("slug") == std::string(80, 'n'));
    CHECK(shop.make("L2", longest).text("slug") == std::string(77, 'n') + "-l2");
}

TEST_CASE("product_create: a SKU that is taken in another case, and a slug that is taken, are 409",
          "[productd]") {
    ProductShop shop;
    shop.make("85123A", "White heart");
    const auto sku = shop.post("/v1/products", product("85123a", "Other"));
    CHECK(sku.status == 409);
    CHECK(sku.type() == "already_exists");
    CHECK(sku.pointer() == "/sku");
    const auto slug = shop.post("/v1/products", product("B", "Other", R"("slug":"white-heart")"));
    CHECK(slug.status == 409);
    CHECK(slug.type() == "already_exists");
    CHECK(slug.pointer() == "/slug");
    CHECK(shop.get("/v1/products").body["items"].size() == 1);
}

TEST_CASE("product_create: the same call again under its key gives the same product",
          "[productd]") {
    ProductShop shop;
    const Fields key{{"idempotency-key", "k1"}};
    const auto first = shop.post("/v1/products", product("A", "One"), "staff", key);
    const auto again = shop.post("/v1/products", product("A", "One"), "staff", key);
    CHECK(again.status == 201);
    CHECK(again.body == first.body);
    CHECK(shop.post("/v1/products", product("B", "Two"), "staff", key).status == 422);
    CHECK(shop.get("/v1/products").body["items"].size() == 1);
}

TEST_CASE("product_get: by id, slug, SKU in any case, and number", "[productd]") {
    ProductShop shop;
    shop.make("85123A", "White heart");
    const auto two = shop.make("2B", "Blue bag");
    for (const std::string& ref : {two.text("id"), std::string("blue-bag"), std::string("2B"),
                                   std::string("2b"), std::string("2"), std::string("number:2")}) {
        const auto found = shop.get("/v1/products/" + ref);
        INFO(ref);
        REQUIRE(found.status == 200);
        CHECK(found.body == two.body);
        CHECK(found.header("etag") == "\"1.1\"");
    }
    for (const char* ref : {"3", "number:3", "number:", "white", "prd_0", "%E2%82%AC"})
        CHECK(shop.get(std::string("/v1/products/") + ref).status == 404);
}

TEST_CASE("product_get: a SKU of digits goes before a number, and number: asks for the number",
          "[productd]") {
    ProductShop shop;
    shop.make("2", "First");
    shop.make("1", "Second");
    CHECK(shop.get("/v1/products/1").body["name"] == "Second");
    CHECK(shop.get("/v1/products/number:1").body["name"] == "First");
}

TEST_CASE("product_get: texts that look like JSON come back as they went in", "[productd]") {
    ProductShop shop;
    const std::string odd = R"(a \"version\":99,\"stock\":{} } ] 'x' é)";
    REQUIRE(shop.post("/v1/products", product("A", odd)).status == 201);
    const auto found = shop.get("/v1/products/A");
    CHECK(found.body["name"] == R"(a "version":99,"stock":{} } ] 'x' é)");
    CHECK(found.body["stock"]["on_hand"] == 0);
    CHECK(found.header("etag") == "\"1.1\"");
}

TEST_CASE("product_update: changes what the patch names and nothing else", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag");
    shop.rig().clock().advance(Millis{5000});
    const auto changed = shop.patch("/v1/products/bag", R"({"price":{"amount":5},"category":"x"})",
                                    made.header("etag"));
    REQUIRE(changed.status == 200);
    CHECK(changed.body["price"]["amount"] == 5);
    CHECK(changed.body["price"]["currency"] == "GBP");
    CHECK(changed.body["category"] == "x");
    CHECK(changed.body["slug"] == "bag");
    CHECK(changed.body["version"] == 2);
    CHECK(changed.body["created_at"] == made.body["created_at"]);
    CHECK(changed.body["updated_at"] != made.body["updated_at"]);
    CHECK(changed.header("etag") == "\"2.1\"");
    CHECK(shop.get("/v1/products/A").body == changed.body);
}

TEST_CASE("product_update: a null slug is made anew, a new SKU is found and the old one is not",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto changed = shop.patch("/v1/products/A", R"({"name":"Sack","slug":null,"sku":"B"})");
    REQUIRE(changed.status == 200);
    CHECK(changed.body["slug"] == "sack");
    CHECK(shop.get("/v1/products/B").status == 200);
    CHECK(shop.get("/v1/products/A").status == 404);
    CHECK(shop.get("/v1/products/bag").status == 404);
}

TEST_CASE("product_update: the version before the dot of the ETag decides", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag");
    REQUIRE(shop.receive("A", 3).status == 201);  // the level's version goes up, not the product's
    CHECK(shop.patch("/v1/products/A", R"({"name":"B"})", "\"1.1\"").status == 200);
    const auto stale = shop.patch("/v1/products/A", R"({"name":"C"})", made.header("etag"));
    CHECK(stale.status == 412);
    CHECK(stale.type() == "failed_precondition");
    CHECK(shop.patch("/v1/products/A", R"({"name":"C"})", "").status == 428);
    CHECK(shop.get("/v1/products/A").body["name"] == "B");
}

TEST_CASE("product_update: nothing new is no change: no version, no event", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto before = shop.events().size();
    const auto same = shop.patch("/v1/products/A", R"({"name":"Bag"})");
    CHECK(same.status == 200);
    CHECK(same.body["version"] == 1);
    CHECK(shop.events().size() == before);
}

TEST_CASE("product_update: what is taken, read-only or wrong is refused and changes nothing",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    shop.make("B", "Box");
    const struct {
        std::string patch;
        int status;
        std::string pointer;
    } rows[] = {
        {R"({"sku":"b"})", 409, "/sku"},
        {R"({"slug":"box"})", 409, "/slug"},
        {R"({"id":"x"})", 400, "/id"},
        {R"({"version":9})", 400, "/version"},
        {R"({"stock":{"on_hand":9}})", 400, "/stock"},
        {R"({"initial_stock":9})", 400, "/initial_stock"},
        {R"({"name":null})", 400, "/name"},
        {R"({"price":{"amount":-1}})", 400, "/price/amount"},
        {R"({"price":{"currency":"XXX"}})", 400, "/price/currency"},
        {R"({"image":"../x.png"})", 400, "/image"},
    };
    const auto before = shop.get("/v1/products/A");
    for (const auto& row : rows) {
        INFO(row.patch);
        const auto refused = shop.patch("/v1/products/A", row.patch);
        CHECK(refused.status == row.status);
        CHECK(refused.pointer() == row.pointer);
    }
    CHECK(shop.get("/v1/products/A").body == before.body);
    CHECK(shop.patch("/v1/products/none", R"({"name":"x"})").status == 404);
}

TEST_CASE("product_update: tracking can be ended and begun again; the ledger goes on",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    REQUIRE(shop.receive("A", 5).status == 201);
    CHECK_FALSE(shop.patch("/v1/products/A", R"({"track_stock":false})").body.contains("stock"));
    CHECK(shop.receive("A", 1).status == 409);
    const auto again = shop.patch("/v1/products/A", R"({"track_stock":true})");
    CHECK(again.body["stock"]["on_hand"] == 5);
    REQUIRE(shop.receive("A", 2).status == 201);
    const auto ledger = shop.get("/v1/products/A/stock/movements", "staff");
    REQUIRE(ledger.body["items"].size() == 2);
    CHECK(ledger.body["items"][0]["on_hand"] == 7);
}

TEST_CASE("product_delete: the product is gone under every name, its ledger stays", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag");
    CHECK(shop.del("/v1/products/A").status == 204);
    for (const std::string& ref : {made.text("id"), std::string("A"), std::string("bag")})
        CHECK(shop.get("/v1/products/" + ref).status == 404);
    CHECK(shop.get("/v1/products").body["items"].empty());
    CHECK(shop.del("/v1/products/A").status == 404);
    CHECK(shop.make("A", "Bag").text("slug") == "bag");
}

TEST_CASE("product_delete: refused while a checkout holds pieces", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag", 5);
    const auto order = new_id("ord");
    REQUIRE(shop.reserve(order, {{made.text("id"), 1}}).status == 200);
    CHECK(shop.del("/v1/products/A").status == 409);
    CHECK(shop.patch("/v1/products/A", R"({"track_stock":false})").status == 409);
    REQUIRE(shop.post("/v1/reservations/" + order + "/release", "", "service:orderd").status ==
            200);
    CHECK(shop.del("/v1/products/A").status == 204);
}

TEST_CASE("products: each change says an event with the document after it", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag");
    shop.patch("/v1/products/A", R"({"name":"Sack"})");
    shop.receive("A", 4);
    shop.del("/v1/products/A");
    std::vector<std::string> types;
    const auto events = shop.events();
    for (const auto& event : events) {
        CHECK(event["subject"] == made.body["id"]);
        types.push_back(event["type"]);
    }
    CHECK(types == std::vector<std::string>{"product.created", "stock.changed", "product.updated",
                                            "stock.changed", "product.deleted"});
    CHECK(events[2]["data"]["name"] == "Sack");
    CHECK(events[3]["data"]["level"]["on_hand"] == 4);
    CHECK(events[3]["data"]["product_id"] == made.body["id"]);
}
