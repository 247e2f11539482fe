// The course's API of productd, call by call.
#include <catch2/catch.hpp>

#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

namespace {

const Fields kForm{{"content-type", "application/x-www-form-urlencoded"}};

Answer create(ProductShop& shop, const std::string& form, const std::string& key = "") {
    Fields fields = kForm;
    if (!key.empty()) fields.emplace_back("authorization", "Basic " + key);
    return shop.post("/api/product/create", form, "", fields);
}
// Keys are asked of userd; here three are known.
void know_keys(ProductShop& shop) {
    shop.app().service().set_key_resolver([&shop](std::string_view key) -> Result<auth::Principal> {
        if (key == "down") return fail(Code::unavailable, "userd does not answer");
        if (key == "staff" || key == "customer") return shop.rig().principal(std::string(key));
        return fail(Code::unauthenticated, "unknown");
    });
}

}  // namespace

TEST_CASE("course: an administrator's key creates a product without a stock limit", "[course]") {
    ProductShop shop({.course_api = true});
    know_keys(shop);
    const auto made =
        create(shop, "name=Product+1&slug=product-1&image=product1.jpg&price=100", "staff");
    REQUIRE(made.status == 200);
    CHECK(made.raw == R"({"message":"Product added","product":{"id":1,"name":"Product 1",)"
                      R"("slug":"product-1","price":100,"image":"product1.jpg"}})");
    const auto own = shop.get("/v1/products/product-1").body;
    CHECK(own["price"]["amount"] == 10000);
    CHECK(own["price"]["currency"] == "GBP");
    CHECK(own["track_stock"] == false);
    CHECK(own["sku"] == "PRODUCT-1");
}

TEST_CASE("course: without an administrator's key nothing is created", "[course]") {
    ProductShop shop({.course_api = true});
    know_keys(shop);
    const std::string form = "name=One&slug=one&image=&price=1";
    const auto nobody = create(shop, form);
    CHECK(nobody.status == 401);
    CHECK(nobody.raw == R"({"message":"Not logged in"})");
    CHECK(create(shop, form, "ended").status == 401);
    CHECK(create(shop, form, "customer").status == 403);
    CHECK(create(shop, form, "down").status == 503);
    CHECK(shop.get("/api/products").raw == R"({"results":[]})");
}

TEST_CASE("course: a setting opens creation for this machine alone", "[course]") {
    ProductShop shop({.course_api = true, .open_creation = true});
    know_keys(shop);
    CHECK(create(shop, "name=One&slug=one&image=&price=1").status == 200);
    CHECK(create(shop, "name=Two&slug=two&image=&price=1", "ended").status == 200);
    const auto from_afar = [&](const Fields& fields) {
        return shop
            .handle("POST", "/api/product/create", "name=Far&slug=far&image=&price=1", fields,
                    "192.0.2.7")
            .status;
    };
    CHECK(from_afar(kForm) == 401);
    CHECK(from_afar({kForm[0], {"authorization", "Basic staff"}}) == 200);
    // Behind a proxy on this machine everybody comes from loopback.
    const auto through_proxy =
        shop.handle("POST", "/api/product/create", "name=Off&slug=off&image=&price=1",
                    {kForm[0], {"x-forwarded-for", "192.0.2.7"}}, "127.0.0.1");
    CHECK(through_proxy.status == 401);
}

TEST_CASE("course: a multipart form is taken too", "[course]") {
    ProductShop shop({.course_api = true, .open_creation = true});
    const std::string form =
        "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nOne\r\n"
        "--x\r\nContent-Disposition: form-data; name=\"slug\"\r\n\r\none\r\n"
        "--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n\r\n"
        "--x\r\nContent-Disposition: form-data; name=\"price\"\r\n\r\n3\r\n--x--\r\n";
    const auto made = shop.post("/api/product/create", form, "",
                                {{"content-type", "multipart/form-data; boundary=x"}});
    REQUIRE(made.status == 200);
    CHECK(made.body["product"]["price"] == 3);
}

TEST_CASE("course: bad forms get 400, a slug that is taken 409, each with a message", "[course]") {
    ProductShop shop({.course_api = true, .open_creation = true});
    REQUIRE(create(shop, "name=One&slug=one&image=&price=1").status == 200);
    const std::pair<std::string, int> rows[] = {
        {"name=Two&slug=one&image=&price=1", 409},
        {"name=Two&slug=two&image=&price=-1", 400},
        {"name=Two&slug=two&image=&price=1.5", 400},
        {"name=Two&slug=two&image=..%2Fsecret&price=1", 400},
        {"name=Two&slug=Two+Words&image=&price=1", 400},
        {"name=&slug=two&image=&price=1", 400},
        {"slug=two&image=&price=1", 400},
        {"name=Two&slug=two&image=&price=1&price=2", 400},
        {"name=Two&slug=two&image=&price=1&colour=red", 400},
        {"name=Two&slug=two&image=&price=99999999999", 400},
        {"name=%FF&slug=two&image=&price=1", 400},
        {"", 400},
    };
    for (const auto& [form, status] : rows) {
        INFO(form);
        const auto refused = create(shop, form);
        CHECK(refused.status == status);
        CHECK_FALSE(refused.text("message").empty());
    }
    CHECK(
        shop.post("/api/product/create", "{}", "", {{"content-type", "application/json"}}).status ==
        415);
    CHECK(shop.get("/api/products").body["results"].size() == 1);
}

TEST_CASE("course: slugs whose SKUs would be the same get SKUs apart", "[course]") {
    ProductShop shop({.course_api = true, .open_creation = true});
    const std::string slug(70, 'a');
    REQUIRE(create(shop, "name=One&image=&price=1&slug=" + slug).status == 200);
    REQUIRE(create(shop, "name=Two&image=&price=1&slug=" + slug + "b").status == 200);
    CHECK(shop.get("/v1/products/" + slug).text("sku") == std::string(64, 'A'));
    CHECK(shop.get("/v1/products/" + slug + "b").text("sku") == std::string(62, 'A') + "-2");
}

TEST_CASE("course: products are got by slug and listed with whole prices", "[course]") {
    ProductShop shop({.course_api = true});
    shop.make("A", "Bag");
    REQUIRE(shop.patch("/v1/products/A", R"({"price":{"amount":299}})").status == 200);
    REQUIRE(shop.patch("/v1/products/A", R"({"image":"bag.png"})").status == 200);
    const std::string bag = R"({"id":1,"name":"Bag","slug":"bag","price":2,"image":"bag.png"})";
    CHECK(shop.get("/api/product/bag").raw == R"({"result":)" + bag + "}");
    CHECK(shop.get("/api/products").raw == R"({"results":[)" + bag + "]}");
    const auto missing = shop.get("/api/product/A");
    CHECK(missing.status == 404);
    CHECK(missing.raw == R"({"message":"Cannot find product"})");
}

TEST_CASE("course: a currency without decimals has whole units as minor units", "[course]") {
    ProductShop shop({.course_api = true, .open_creation = true, .currency = "JPY"});
    REQUIRE(create(shop, "name=One&slug=one&image=&price=250").status == 200);
    CHECK(shop.get("/v1/products/one").body["price"]["amount"] == 250);
    CHECK(shop.get("/api/product/one").body["result"]["price"] == 250);
}

TEST_CASE("course: switched off, it is not there", "[course]") {
    ProductShop shop;
    CHECK(shop.handle("GET", "/api/products", "", {}).status == 404);
}
