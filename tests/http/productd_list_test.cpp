// Lists of products: order, pages, filters, many at once.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "base/text.hpp"
#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

namespace {

// Five products, made in this order.
void fill(ProductShop& shop) {
    const auto add = [&](const char* sku, const char* name, int price, const char* category,
                         int stock, const char* description) {
        const auto made = shop.post(
            "/v1/products",
            fmt::format(R"({{"sku":"{}","name":"{}","price":{{"amount":{},"currency":"GBP"}},
                "category":"{}","initial_stock":{},"description":"{}"}})",
                        sku, name, price, category, stock, description));
        REQUIRE(made.status == 201);
    };
    add("S1", "red bag", 300, "Bags", 5, "cotton");
    add("S2", "Blue Bag", 100, "Bags", 0, "say \\\"hello\\\"");
    add("S3", "Candle", 200, "Light", 2, "burns red");
    add("S4", "anchor", 200, "", 0, "");
    add("S5", "Zebra", 900, "Toys", 1, "Grün");
}

// The SKUs' digits of a list, "132…".
std::string skus(const Answer& page) {
    std::string out;
    for (const auto& item : page.body.at("items")) out += item.at("sku").get<std::string>().back();
    return out;
}
std::string listed(ProductShop& shop, const std::string& query) {
    const auto page = shop.get("/v1/products?" + query);
    REQUIRE(page.status == 200);
    return skus(page);
}

// All pages of a list, `limit` items each.
std::string paged(ProductShop& shop, const std::string& query, int limit) {
    std::string out;
    std::string target = fmt::format("/v1/products?{}&limit={}", query, limit);
    for (int pages = 0; pages < 10; ++pages) {
        const auto page = shop.get(target);
        REQUIRE(page.status == 200);
        CHECK(page.body.at("items").size() <= static_cast<std::size_t>(limit));
        out += skus(page);
        if (!page.body.contains("next_cursor")) return out;
        target = fmt::format("/v1/products?{}&limit={}&cursor={}", query, limit,
                             page.text("next_cursor"));
    }
    FAIL("the list does not end");
    return out;
}

}  // namespace

TEST_CASE("product_list: sorts by number, name and price, up and down", "[productd]") {
    ProductShop shop;
    fill(shop);
    CHECK(skus(shop.get("/v1/products")) == "12345");
    CHECK(listed(shop, "sort=number") == "12345");
    CHECK(listed(shop, "sort=-number") == "54321");
    CHECK(listed(shop, "sort=name") == "42315");
    CHECK(listed(shop, "sort=-name") == "51324");
    CHECK(listed(shop, "sort=price") == "23415");
    CHECK(listed(shop, "sort=-price") == "51432");
}

TEST_CASE("product_list: pages put together are the list, in each order and with filters",
          "[productd]") {
    ProductShop shop;
    fill(shop);
    for (const char* query :
         {"sort=number", "sort=-number", "sort=name", "sort=-name", "sort=price", "sort=-price",
          "category=Bags", "category=Bags&sort=-number", "in_stock=true&sort=price", "q=a"})
        for (int limit = 1; limit <= 6; ++limit) {
            INFO(query << " limit " << limit);
            CHECK(paged(shop, query, limit) == listed(shop, query));
        }
}

TEST_CASE("product_list: a page that is not the last has a Link to the next", "[productd]") {
    ProductShop shop;
    fill(shop);
    const auto page = shop.get("/v1/products?sort=price&limit=2");
    CHECK(page.header("link").find("rel=\"next\"") != std::string::npos);
    CHECK(page.header("link").find(page.text("next_cursor")) != std::string::npos);
    CHECK(shop.get("/v1/products?limit=5").header("link").empty());
}

TEST_CASE("product_list: items are the products as product_get shows them", "[productd]") {
    ProductShop shop;
    fill(shop);
    const auto page = shop.get("/v1/products");
    REQUIRE(page.body["items"].size() == 5);
    for (const auto& item : page.body["items"])
        CHECK(shop.get("/v1/products/" + item["sku"].get<std::string>()).body == item);
}

TEST_CASE("product_list: all words of q must be there, in name, SKU or description", "[productd]") {
    ProductShop shop;
    fill(shop);
    CHECK(listed(shop, "q=BAG") == "12");
    CHECK(listed(shop, "q=red") == "13");
    CHECK(listed(shop, "q=bag+red") == "1");
    CHECK(listed(shop, "q=s4") == "4");
    CHECK(listed(shop, "q=red+s3") == "3");
    CHECK(listed(shop, "q=%22hello%22") == "2");
    CHECK(listed(shop, "q=Gr%C3%BCn") == "5");
    CHECK(listed(shop, "q=%20") == "12345");
    // In the document, but not in one of the three.
    CHECK(listed(shop, "q=Toys").empty());
    CHECK(listed(shop, "q=currency").empty());
}

TEST_CASE("product_list: category, price range and stock narrow the list together", "[productd]") {
    ProductShop shop;
    fill(shop);
    CHECK(listed(shop, "category=Bags") == "12");
    CHECK(listed(shop, "category=Bag").empty());
    CHECK(listed(shop, "category=Bags&sort=-number") == "21");
    CHECK(listed(shop, "category=Bags&sort=price") == "21");
    CHECK(listed(shop, "price_min=200") == "1345");
    CHECK(listed(shop, "price_max=200") == "234");
    CHECK(listed(shop, "price_min=200&price_max=300") == "134");
    CHECK(listed(shop, "in_stock=true") == "135");
    CHECK(listed(shop, "in_stock=false") == "24");
    CHECK(listed(shop, "in_stock=true&category=Bags&price_max=500&q=bag") == "1");
}

TEST_CASE("product_list: what is not tracked is in stock", "[productd]") {
    ProductShop shop;
    REQUIRE(shop.post("/v1/products", product("W", "Wrap", R"("track_stock":false)")).status ==
            201);
    CHECK(listed(shop, "in_stock=true") == "W");
    CHECK(listed(shop, "in_stock=false").empty());
}

TEST_CASE("product_list: stock_max tells what is about to be sold out", "[productd]") {
    ProductShop shop;
    shop.make("1", "None left");
    shop.make("2", "Two left", 2);
    const std::string held = shop.make("3", "Three, of which two are held", 3).text("id");
    shop.make("4", "Many", 400);
    REQUIRE(shop.post("/v1/products", product("W", "Wrap", R"("track_stock":false)")).status ==
            201);
    REQUIRE(shop.reserve(new_id("ord"), {{held, 2}}).status == 200);
    CHECK(listed(shop, "stock_max=0") == "1");
    CHECK(listed(shop, "stock_max=1") == "13");
    CHECK(listed(shop, "stock_max=2") == "123");
    CHECK(listed(shop, "stock_max=1000000000") == "1234");
    CHECK(listed(shop, "stock_max=2&in_stock=true") == "23");
    CHECK(listed(shop, "stock_max=2&q=left") == "12");
    for (const char* wrong : {"-1", "1000000001", "few", ""})
        CHECK(shop.get(std::string("/v1/products?stock_max=") + wrong).pointer() == "stock_max");
    CHECK(shop.get("/v1/products?ref=1&stock_max=1").pointer() == "ref");
}

TEST_CASE("product_list: a long category is told from one that begins alike", "[productd]") {
    ProductShop shop;
    std::string start;
    for (int i = 0; i < 99; ++i) start += "€";
    const auto add = [&](const std::string& sku, const std::string& category) {
        const auto made =
            shop.post("/v1/products", product(sku, "Bag", "\"category\":\"" + category + '"'));
        REQUIRE(made.status == 201);
    };
    add("L1", start + "a");
    add("L2", start + "b");
    CHECK(listed(shop, "category=" + percent_encode(start + "a")) == "1");
    CHECK(listed(shop, "category=" + percent_encode(start + "b")) == "2");
}

TEST_CASE("product_list: a cursor that is broken or of another order is refused", "[productd]") {
    ProductShop shop;
    fill(shop);
    const auto price = shop.get("/v1/products?sort=price&limit=1").text("next_cursor");
    std::vector<std::string> bad = {"%21%21",
                                    "AAAA",
                                    base64url("number\n"),
                                    base64url("number\nshort"),
                                    base64url("price\n" + std::string(500, 'x')),
                                    price};
    for (const auto& cursor : bad) {
        INFO(cursor);
        const auto refused = shop.get("/v1/products?cursor=" + cursor);
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == "cursor");
    }
    CHECK(shop.get("/v1/products?sort=-price&cursor=" + price).status == 400);
    CHECK(shop.get("/v1/products?sort=price&cursor=" + price).status == 200);
}

TEST_CASE("product_list: a page goes on where it was, also when that product is gone",
          "[productd]") {
    ProductShop shop;
    fill(shop);
    const auto first = shop.get("/v1/products?sort=name&limit=2");
    CHECK(skus(first) == "42");
    REQUIRE(shop.del("/v1/products/S2").status == 204);
    CHECK(listed(shop, "sort=name&cursor=" + first.text("next_cursor")) == "315");
}

TEST_CASE("product_list: ref gives many at once in the order asked for, without unknown ones",
          "[productd]") {
    ProductShop shop;
    fill(shop);
    const auto id = shop.get("/v1/products/S1").text("id");
    CHECK(listed(shop, "ref=zebra,none,s2," + id + ",number:3") == "5213");
    CHECK(listed(shop, "ref=none").empty());
    CHECK(listed(shop, "ref=,,").empty());
    for (const char* other : {"q=a", "category=Bags", "price_min=1", "price_max=1", "in_stock=true",
                              "sort=name", "cursor=x"}) {
        const auto refused = shop.get(std::string("/v1/products?ref=S1&") + other);
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == "ref");
    }
    std::string many = "S1";
    for (int i = 0; i < 199; ++i) many += ",S1";
    CHECK(listed(shop, "ref=" + many).size() == 200);
    CHECK(shop.get("/v1/products?ref=" + many + ",S1").pointer() == "ref");
}

TEST_CASE("product_list: a parameter that is wrong is named", "[productd]") {
    ProductShop shop;
    const std::pair<std::string, std::string> rows[] = {{"limit=0", "limit"},
                                                        {"limit=201", "limit"},
                                                        {"limit=x", "limit"},
                                                        {"sort=color", "sort"},
                                                        {"price_min=-1", "price_min"},
                                                        {"in_stock=maybe", "in_stock"},
                                                        {"q=", "q"},
                                                        {"colour=red", "colour"},
                                                        {"limit=1&limit=2", "limit"},
                                                        {"price_min=5&price_max=4", "price_min"}};
    for (const auto& [query, name] : rows) {
        INFO(query);
        const auto refused = shop.get("/v1/products?" + query);
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == name);
    }
}
