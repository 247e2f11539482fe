// Imports: batches of products by SKU.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

namespace {

// {"line":N,"product":{…}} with what is added to both.
std::string row(int line, const std::string& sku, const std::string& name,
                const std::string& more = "", const std::string& beside = "") {
    return fmt::format(R"({{"line":{},"product":{}{}}})", line, product(sku, name, more),
                       beside.empty() ? "" : "," + beside);
}
Answer import(ProductShop& shop, const std::vector<std::string>& rows,
              const std::string& more = "") {
    return shop.post(
        "/v1/product-imports",
        fmt::format(R"({{"rows":[{}]{}}})", fmt::join(rows, ","), more.empty() ? "" : "," + more));
}
// "created unchanged …"
std::string outcomes(const Answer& answer) {
    REQUIRE(answer.status == 200);
    std::vector<std::string> all;
    for (const auto& item : answer.body.at("rows")) all.push_back(item.at("outcome"));
    return fmt::format("{}", fmt::join(all, " "));
}
std::string reason(const Answer& answer, std::size_t index) {
    return answer.body.at("rows").at(index).at("reason");
}

}  // namespace

TEST_CASE("product_import: creates, then changes nothing, then updates", "[productd]") {
    ProductShop shop;
    const std::vector<std::string> rows = {
        row(2, "A", "Bag", R"("category":"Bags")", R"("stock":4)"), row(3, "B", "Box")};
    const auto first = import(shop, rows);
    CHECK(outcomes(first) == "created created");
    CHECK(first.body["rows"][1]["line"] == 3);
    CHECK(first.body["rows"][1]["sku"] == "B");
    CHECK(shop.get("/v1/products/A").body["stock"]["on_hand"] == 4);
    CHECK(shop.get("/v1/products/B").body["stock"]["on_hand"] == 0);

    const auto before = shop.events().size();
    CHECK(outcomes(import(shop, rows)) == "unchanged unchanged");
    CHECK(shop.events().size() == before);

    CHECK(outcomes(import(shop, {row(1, "a", "Big bag", R"("slug":"")"),
                                 row(2, "B", "Box", "", R"("stock":7)")})) == "updated updated");
    const auto bag = shop.get("/v1/products/A").body;
    CHECK(bag["name"] == "Big bag");
    CHECK(bag["sku"] == "A");
    CHECK(bag["slug"] == "bag");
    CHECK(bag["category"] == "Bags");
    CHECK(bag["stock"]["on_hand"] == 4);
    const auto ledger = shop.get("/v1/products/B/stock/movements", "staff").body["items"];
    REQUIRE(ledger.size() == 1);
    CHECK(ledger[0]["kind"] == "count");
    CHECK(ledger[0]["quantity"] == 7);
    CHECK(ledger[0]["reason"] == "import");
}

TEST_CASE("product_import: a bad row is told with its reason and the others go in", "[productd]") {
    ProductShop shop;
    shop.make("T", "Taken");
    const auto answer = import(
        shop,
        {row(1, "A", "Bag"), R"({"line":2,"product":{"sku":"B","name":"Box"}})",
         row(3, "no sku!", "Cup"),
         R"({"line":4,"product":{"sku":"D","name":"","price":{"amount":-1,"currency":"GBP"}}})",
         row(5, "E", "Egg", R"("slug":"taken")"), row(6, "F", "Fan", R"("colour":"red")"),
         row(7, "G", "Gum", R"("track_stock":false)", R"("stock":1)"),
         row(8, "H", "Hat", R"("initial_stock":1)"), "7", "{}", row(11, "Z", "Last")});
    CHECK(outcomes(answer) ==
          "created rejected rejected rejected rejected rejected rejected rejected rejected "
          "rejected created");
    CHECK(reason(answer, 1) == "price: is required");
    CHECK(answer.body["rows"][1]["sku"] == "B");
    CHECK(answer.body["rows"][1]["line"] == 2);
    CHECK(reason(answer, 2).find("sku: must be a SKU") == 0);
    CHECK(reason(answer, 3).find("name: must not be empty; price/amount: must be") == 0);
    CHECK(reason(answer, 4).find("slug: taken is the slug of another product") == 0);
    CHECK(reason(answer, 5).find("colour: unknown field") == 0);
    CHECK(reason(answer, 6).find("stock: ") == 0);
    CHECK(reason(answer, 7).find("initial_stock: ") == 0);
    CHECK(reason(answer, 8) == "must be a JSON object");
    CHECK(reason(answer, 9) == "product: is required");
    CHECK(shop.get("/v1/products").body["items"].size() == 3);
}

TEST_CASE("product_import: skip leaves what is there, fail rejects it", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const std::vector<std::string> rows = {row(1, "a", "Other"), row(2, "B", "Box")};
    const auto failed = import(shop, {rows[0]}, R"("on_duplicate":"fail")");
    CHECK(outcomes(failed) == "rejected");
    CHECK(reason(failed, 0) == "SKU a is there already");
    CHECK(outcomes(import(shop, rows, R"("on_duplicate":"skip")")) == "skipped created");
    CHECK(shop.get("/v1/products/A").body["name"] == "Bag");
    CHECK(import(shop, rows, R"("on_duplicate":"merge")").pointer() == "/on_duplicate");
}

TEST_CASE("product_import: the same SKU twice in one batch is an update", "[productd]") {
    ProductShop shop;
    CHECK(outcomes(import(shop, {row(1, "A", "Bag"), row(2, "A", "Sack"), row(3, "A", "Sack")})) ==
          "created updated unchanged");
    CHECK(shop.get("/v1/products/A").body["name"] == "Sack");
}

TEST_CASE("product_import: a dry run tells the same and changes nothing", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto before = shop.events().size();
    const std::vector<std::string> rows = {row(1, "A", "Sack", "", R"("stock":4)"),
                                           row(2, "B", "Box"), row(3, "B", "Box"), "{}"};
    const auto rehearsed = import(shop, rows, R"("dry_run":true)");
    CHECK(outcomes(rehearsed) == "updated created unchanged rejected");
    CHECK(shop.events().size() == before);
    CHECK(shop.get("/v1/products/A").body["name"] == "Bag");
    CHECK(shop.get("/v1/products/B").status == 404);
    CHECK(import(shop, rows).body == rehearsed.body);
}

TEST_CASE("product_import: a level below what is reserved is rejected, and the product stays",
          "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag", 5);
    REQUIRE(shop.reserve(new_id("ord"), {{made.text("id"), 3}}).status == 200);
    const auto answer = import(shop, {row(1, "A", "Sack", "", R"("stock":2)")});
    CHECK(outcomes(answer) == "rejected");
    CHECK(reason(answer, 0).find("3 of them reserved") != std::string::npos);
    CHECK(shop.get("/v1/products/A").body["name"] == "Bag");
    CHECK(outcomes(import(shop, {row(1, "A", "Sack", "", R"("stock":3)")})) == "updated");
    CHECK(shop.get("/v1/products/A").body["stock"]["available"] == 0);
}

TEST_CASE("product_import: the same call again under its key gives the same outcomes",
          "[productd]") {
    ProductShop shop;
    const std::string body = R"({"rows":[)" + row(1, "A", "Bag") + "]}";
    const Fields key{{"idempotency-key", "batch-1"}};
    const auto first = shop.post("/v1/product-imports", body, "staff", key);
    CHECK(outcomes(first) == "created");
    CHECK(shop.post("/v1/product-imports", body, "staff", key).body == first.body);
}

TEST_CASE("product_import: 500 rows go in at once, 501 do not", "[productd]") {
    ProductShop shop;
    std::vector<std::string> rows;
    for (int i = 0; i < 500; ++i)
        rows.push_back(row(i, fmt::format("S{}", i), "Same name", "", R"("stock":1)"));
    const auto answer = import(shop, rows);
    REQUIRE(answer.status == 200);
    for (const auto& item : answer.body["rows"]) CHECK(item["outcome"] == "created");
    rows.push_back(row(500, "S500", "One more"));
    CHECK(import(shop, rows).pointer() == "/rows");
    CHECK(import(shop, {}).pointer() == "/rows");
    CHECK(shop.get("/v1/products/S500").status == 404);
}
