// Pictures of products: handed in, made by shop-picture, shown, shared and deleted.
#include <catch2/catch.hpp>

#include "http/productd_shop.hpp"
#include "picture/header.hpp"
#include "productd/pictures.hpp"
#include "support/pictures.hpp"

using namespace shop;
using namespace shop::products;
using namespace shop::products::test;
using shop::test::tiny_gif;
using shop::test::tiny_jpeg;
using shop::test::tiny_png;
using shop::test::tiny_webp;

namespace {

Answer put(ProductShop& shop, const std::string& ref, const std::string& bytes,
           const std::string& type = "image/png", const std::string& role = "staff") {
    return shop.send(role, "PUT", "/v1/products/" + ref + "/picture", bytes,
                     {{"content-type", type}});
}

// "/v1/pictures/<digits>-600.jpg"
std::string target_of(const std::string& image, int width) {
    return "/v1/pictures/" + picture_name(image, width);
}

std::size_t kept_pictures(ProductShop& shop) {
    const Tables tables;  // the same numbers as the app's own
    std::size_t count = 0;
    REQUIRE(shop.app().service().parts().store.read([&](const store::Snapshot& snapshot) {
        count = tables.pictures.count(snapshot);
        return Result<void>{};
    }));
    return count;
}

void write(ProductShop& shop, const std::function<void(const Tables&, store::Transaction&)>& work) {
    const Tables tables;
    REQUIRE(shop.app().service().parts().store.write([&](store::Transaction& tx) -> Result<void> {
        work(tables, tx);
        return {};
    }));
}

Json::array_t findings(ProductShop& shop, bool repair = false) {
    Json::array_t found;
    std::string cursor;
    do {
        const auto page = shop.post("/v1/store/check",
                                    Json{{"cursor", cursor}, {"repair", repair}}.dump(), "admin");
        REQUIRE(page.status == 200);
        for (const auto& finding : page.body["findings"]) found.push_back(finding);
        cursor = page.body.value("next_cursor", "");
    } while (!cursor.empty());
    return found;
}

}  // namespace

TEST_CASE("product_picture_put: each kind becomes JPEGs of three widths", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag", 1);
    const std::pair<std::string, std::string> rows[] = {{tiny_jpeg(), "image/jpeg"},
                                                        {tiny_png(), "image/png"},
                                                        {tiny_gif(), "image/gif"},
                                                        {tiny_webp(), "image/webp"}};
    int version = 1;
    for (const auto& [bytes, type] : rows) {
        INFO(type);
        const auto done = put(shop, "A", bytes, type);
        REQUIRE(done.status == 200);
        CHECK(done.text("image") == image_of(bytes));
        CHECK(done.body["version"] == ++version);
        CHECK(done.header("etag") == fmt::format("\"{}.2\"", version));
        CHECK(shop.get("/v1/products/A").body == done.body);
        for (const int width : picture::kWidths) {
            const auto shown = shop.get(target_of(done.text("image"), width));
            REQUIRE(shown.status == 200);
            const auto header = picture::read_header(shown.raw);
            REQUIRE(header);
            CHECK(header->kind == picture::Kind::jpeg);
            CHECK(header->width == (type == "image/jpeg" ? 10 : 30));
        }
        // The former one is gone with the change.
        CHECK(kept_pictures(shop) == picture::kWidths.size());
    }
}

TEST_CASE("picture_get: everybody may keep it for ever, and nobody can make anything else of it",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto image = put(shop, "A", tiny_jpeg()).text("image");
    const auto target = target_of(image, 240);
    const auto shown = shop.get(target);
    CHECK(shown.status == 200);
    CHECK(shown.header("content-type") == "image/jpeg");
    CHECK(shown.header("cache-control") == "public, max-age=31536000, immutable");
    CHECK(shown.header("x-content-type-options") == "nosniff");
    CHECK(shown.header("content-security-policy") == "default-src 'none'; sandbox");
    CHECK(shown.raw.find("taken at home") == std::string::npos);
    CHECK(shown.raw.find("by Ada") == std::string::npos);
    const auto again = shop.send("", "GET", target, "", {{"if-none-match", shown.header("etag")}});
    CHECK(again.status == 304);
    CHECK(again.raw.empty());
    for (const std::string& name :
         {image, picture_name(image, 500), std::string("none"), std::string(600, 'a'),
          "A" + picture_name(image, 240).substr(1)}) {
        INFO(name);
        const auto nothing = shop.get("/v1/pictures/" + name);
        CHECK(nothing.status == 404);
    }
}

TEST_CASE("product_picture_put: what is no good picture is refused and nothing is stored",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto before = shop.get("/v1/products/A").raw;
    const auto events = shop.events().size();
    const std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (const std::string& bytes :
         {std::string(), std::string("hello"), svg, "<!doctype html>" + svg,
          shop::test::claimed_png(30'000, 30'000), tiny_jpeg().substr(0, 400),
          tiny_png().substr(0, 60), "GIF89a" + svg,
          std::string("GIF89a\x01\0\x01\0\0\0\0", 13) + svg, "\xff\xd8\xff\xe0" + svg,
          "RIFF\x10\0\0\0WEBPVP8 " + svg}) {
        INFO(bytes.substr(0, 60));
        const auto refused = put(shop, "A", bytes, "image/jpeg");
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == "body");
    }
    const std::string large = tiny_jpeg() + std::string(limits::kPictureBytesMax, 'x');
    CHECK(put(shop, "A", large).status == 413);
    for (const char* type : {"application/json", "text/html", "application/octet-stream", "image"})
        CHECK(put(shop, "A", tiny_png(), type).status == 415);
    CHECK(shop.handle("PUT", "/v1/products/A/picture", tiny_png(),
                      {{"authorization", "Bearer " + shop.rig().token("staff")}})
              .status == 415);
    CHECK(put(shop, "none", tiny_png()).status == 404);
    CHECK(shop.get("/v1/products/A").raw == before);
    CHECK(shop.events().size() == events);
    CHECK(kept_pictures(shop) == 0);
}

TEST_CASE("product_picture_put: a picture with a page behind it comes out as a picture alone",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const std::string page = "<html><script>alert(1)</script></html>";
    for (const std::string& bytes : {tiny_gif() + page, tiny_png() + page, tiny_jpeg() + page}) {
        const auto done = put(shop, "A", bytes, "text/html");
        CHECK(done.status == 415);
        const auto taken = put(shop, "A", bytes, "image/gif");
        if (taken.status == 400) continue;
        REQUIRE(taken.status == 200);
        for (const int width : picture::kWidths) {
            const auto shown = shop.get(target_of(taken.text("image"), width));
            CHECK(shown.raw.starts_with("\xff\xd8\xff"));
            CHECK(shown.raw.find("script") == std::string::npos);
        }
    }
}

TEST_CASE("pictures: who may not change products changes no picture", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    REQUIRE(put(shop, "A", tiny_png()).status == 200);
    const auto before = shop.get("/v1/products/A").raw;
    CHECK(put(shop, "A", tiny_gif(), "image/gif", "customer").status == 403);
    CHECK(put(shop, "A", tiny_gif(), "image/gif", "service:orderd").status == 403);
    CHECK(put(shop, "A", tiny_gif(), "image/gif", "").status == 401);
    CHECK(shop.send("customer", "DELETE", "/v1/products/A/picture").status == 403);
    CHECK(shop.send("", "DELETE", "/v1/products/A/picture").status == 401);
    CHECK(shop.get("/v1/products/A").raw == before);
}

TEST_CASE("pictures: products share one, and the last that leaves it takes it along",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    shop.make("B", "Box");
    const auto image = put(shop, "A", tiny_png()).text("image");
    CHECK(put(shop, "B", tiny_png()).text("image") == image);
    CHECK(kept_pictures(shop) == 3);
    const auto there = [&] { return shop.get(target_of(image, 600)).status; };
    SECTION("by deleting the pictures") {
        const auto done = shop.del("/v1/products/A/picture");
        CHECK(done.status == 200);
        CHECK(done.text("image").empty());
        CHECK(there() == 200);
        CHECK(shop.del("/v1/products/B/picture").status == 200);
    }
    SECTION("by deleting the products") {
        CHECK(shop.del("/v1/products/A").status == 204);
        CHECK(there() == 200);
        CHECK(shop.del("/v1/products/B").status == 204);
    }
    SECTION("by naming another image") {
        CHECK(shop.patch("/v1/products/A", R"({"image":"bag.jpg"})").status == 200);
        CHECK(there() == 200);
        CHECK(shop.patch("/v1/products/B", R"({"image":""})").status == 200);
    }
    SECTION("by an import") {
        const auto import = [&](const char* sku) {
            return shop.post("/v1/product-imports",
                             fmt::format(R"({{"rows":[{{"product":{{"sku":"{}","name":"N",
                             "price":{{"amount":1,"currency":"GBP"}},"image":""}}}}]}})",
                                         sku));
        };
        CHECK(import("A").body["rows"][0]["outcome"] == "updated");
        CHECK(there() == 200);
        CHECK(import("B").body["rows"][0]["outcome"] == "updated");
    }
    CHECK(there() == 404);
    CHECK(kept_pictures(shop) == 0);
    CHECK(findings(shop).empty());
}

TEST_CASE("pictures: a product takes over what another one has, and nothing that nobody has",
          "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    shop.make("B", "Box");
    const auto image = put(shop, "A", tiny_png()).text("image");
    const auto naming = [](const std::string& name) { return Json{{"image", name}}.dump(); };
    CHECK(shop.patch("/v1/products/B", naming(image)).status == 200);
    const std::string none = std::string(32, 'a') + ".jpg";
    const auto refused = shop.patch("/v1/products/B", naming(none));
    CHECK(refused.status == 400);
    CHECK(refused.pointer() == "/image");
    CHECK(shop.post("/v1/products", product("C", "Cup", R"("image":")" + none + '"')).pointer() ==
          "/image");
    CHECK(shop.get("/v1/products/B").text("image") == image);
    // Other names are the shop's own, and as good as they ever were.
    for (const std::string& name : {std::string(31, 'a') + ".jpg", std::string(32, 'A') + ".jpg",
                                    std::string(32, 'a') + ".png", std::string(33, 'a') + ".jpg"})
        CHECK(shop.patch("/v1/products/B", naming(name)).status == 200);
    CHECK(kept_pictures(shop) == 3);
}

TEST_CASE("pictures: the same one again changes nothing", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto first = put(shop, "A", tiny_png());
    const auto events = shop.events().size();
    const auto again = put(shop, "A", tiny_png());
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    CHECK(shop.events().size() == events);
    CHECK(shop.del("/v1/products/A/picture").status == 200);
    CHECK(shop.del("/v1/products/A/picture").body["version"] == 3);
}

TEST_CASE("pictures: event and audit record tell of the change, without its bytes", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    const auto image = put(shop, "A", tiny_png()).text("image");
    const auto event = shop.events().back();
    CHECK(event["type"] == "product.updated");
    CHECK(event["data"]["image"] == image);
    const auto audit = shop.get("/v1/audit?limit=200", "admin");
    REQUIRE(audit.status == 200);
    const Json record = audit.body["items"].back();
    CHECK(record["action"] == "product_picture_put");
    CHECK(record.dump().find(image) != std::string::npos);
    CHECK(record.dump().size() < 2000);
}

TEST_CASE("picture check: pictures of nothing are found and deleted, those that lack are found",
          "[productd]") {
    ProductShop shop;
    const auto bag = shop.make("A", "Bag").text("id");
    const auto image = put(shop, "A", tiny_png()).text("image");
    CHECK(findings(shop).empty());
    const std::string nobody = std::string(32, GENERATE('0', 'f')) + ".jpg";
    SECTION("of nothing") {
        write(shop, [&](const Tables& tables, store::Transaction& tx) {
            REQUIRE(tables.pictures.put(tx, {picture_name(nobody, 600), "AAAA"}));
        });
        const auto found = findings(shop);
        REQUIRE(found.size() == 1);
        CHECK(found[0]["part"] == "picture_use");
        CHECK(found[0]["subject"] == nobody);
        CHECK(findings(shop, true).size() == 1);
        CHECK(findings(shop).empty());
        CHECK(kept_pictures(shop) == 3);
    }
    SECTION("lacking") {
        write(shop, [&](const Tables& tables, store::Transaction& tx) {
            tables.pictures.erase(tx, picture_name(image, 240));
        });
        CHECK(findings(shop, true).size() == 1);
        const auto found = findings(shop);
        REQUIRE(found.size() == 1);
        CHECK(found[0]["subject"] == bag);
        CHECK(found[0]["repaired"] == false);
        // Handing it in again mends it.
        CHECK(put(shop, "A", tiny_png()).status == 200);
        CHECK(findings(shop).empty());
    }
}

TEST_CASE("picture check: many are looked at page by page", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag");
    REQUIRE(put(shop, "A", tiny_png()).status == 200);
    write(shop, [&](const Tables& tables, store::Transaction& tx) {
        for (int i = 0; i < 450; ++i)
            REQUIRE(
                tables.pictures.put(tx, {picture_name(image_of(std::to_string(i)), 600), "AAAA"}));
    });
    CHECK(findings(shop).size() == 450);
    CHECK(findings(shop, true).size() == 450);
    CHECK(findings(shop).empty());
    CHECK(kept_pictures(shop) == 3);
}
