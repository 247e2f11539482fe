// Every endpoint of productd: who may call it, and what happens to bad input.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "api/endpoint.hpp"
#include "http/productd_shop.hpp"

using namespace shop;
using namespace shop::products::test;

namespace {

// A target of the endpoint that leads to what `shop` has.
std::string target_of(const api::Endpoint& endpoint, const std::string& product = "A") {
    std::string target = endpoint.path;
    const auto replace = [&](const std::string& from, const std::string& to) {
        if (const auto at = target.find(from); at != std::string::npos)
            target.replace(at, from.size(), to);
    };
    replace("{product}", product);
    replace("{order}", "ord_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b");
    replace("{slug}", "bag");
    replace("{snapshot}", "none");
    replace("{seq}", "1");
    return target;
}

// What the store holds of the domain, as clients see it.
std::string state(ProductShop& shop) {
    return shop.get("/v1/products").raw + std::to_string(shop.events().size());
}

}  // namespace

TEST_CASE("productd: customers change nothing and orderd alone reserves", "[productd]") {
    ProductShop shop;
    const auto made = shop.make("A", "Bag", 1);
    CHECK(shop.post("/v1/products", product("B", "Box"), "customer").status == 403);
    CHECK(shop.patch("/v1/products/A", "{}", "*", "customer").status == 403);
    CHECK(shop.send("customer", "DELETE", "/v1/products/A").status == 403);
    CHECK(shop.get("/v1/products/A/stock/movements", "customer").status == 403);
    const std::string body =
        fmt::format(R"({{"lines":[{{"product_id":"{}","quantity":1}}]}})", made.text("id"));
    for (const char* role : {"customer", "staff", "admin"})
        CHECK(shop.send(role, "PUT", "/v1/reservations/" + new_id("ord"), body).status == 403);
    CHECK(shop.send("service:orderd", "DELETE", "/v1/products/A").status == 403);
}

TEST_CASE("productd: bad bodies are refused at every endpoint that takes one", "[productd]") {
    ProductShop shop;
    shop.make("A", "Bag", 1);
    const auto before = state(shop);
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += R"({"a":)";
    const std::string bodies[] = {"{",
                                  "[]",
                                  "7",
                                  "null",
                                  R"({"unknown":1})",
                                  deep,
                                  R"({"name":"\xFF"})",
                                  "{\"name\":\"\xFF\"}",
                                  R"({"name":"a","name":"b"})",
                                  R"({"rows":1,"lines":1,"kind":1})",
                                  "{} {}",
                                  "\xEF\xBB\xBF{}"};
    for (const auto& endpoint : api::products_service().endpoints) {
        if (endpoint.style != api::Style::json || !endpoint.request) continue;
        const bool reserves = endpoint.scope == auth::scope::kStockReserve;
        for (const auto& body : bodies) {
            INFO(endpoint.id << ": " << body);
            const auto answer = shop.send(reserves ? "service:orderd" : "admin", endpoint.method,
                                          target_of(endpoint), body, {{"if-match", "*"}});
            CHECK(answer.status == 400);
            CHECK(answer.type() == "invalid_argument");
        }
        const auto text =
            shop.send(reserves ? "service:orderd" : "admin", endpoint.method, target_of(endpoint),
                      "{}", {{"if-match", "*"}, {"content-type", "text/plain"}});
        CHECK(text.status == 415);
    }
    CHECK(state(shop) == before);
}

TEST_CASE("product_create: each wrong field is named and nothing is stored", "[productd]") {
    ProductShop shop;
    const auto before = state(shop);
    const std::pair<std::string, std::string> rows[] = {
        {R"("sku":"")", "/sku"},
        {R"("sku":"has blank")", "/sku"},
        {R"("sku":7)", "/sku"},
        {"\"sku\":\"" + std::string(65, 'S') + '"', "/sku"},
        {R"("name":"")", "/name"},
        {"\"name\":\"" + std::string(201, 'n') + '"', "/name"},
        {R"("name":"\u0007")", "/name"},
        {R"("slug":"Not A Slug")", "/slug"},
        {"\"description\":\"" + std::string(5001, 'd') + '"', "/description"},
        {"\"category\":\"" + std::string(101, 'c') + '"', "/category"},
        {R"("price":1)", "/price"},
        {R"("price":{"amount":1.5,"currency":"GBP"})", "/price/amount"},
        {R"("price":{"amount":"1","currency":"GBP"})", "/price/amount"},
        {R"("price":{"amount":-1,"currency":"GBP"})", "/price/amount"},
        {R"("price":{"amount":100000000001,"currency":"GBP"})", "/price/amount"},
        {R"("price":{"amount":1,"currency":"gbp"})", "/price/currency"},
        {R"("price":{"amount":1,"currency":"GBP","tax":1})", "/price/tax"},
        {R"("image":"/etc/passwd")", "/image"},
        {R"("track_stock":"yes")", "/track_stock"},
        {R"("initial_stock":-1)", "/initial_stock"},
        {R"("initial_stock":1000000001)", "/initial_stock"},
        {R"("number":5)", "/number"},
        {R"("colour":"red")", "/colour"},
    };
    for (const auto& [member, pointer] : rows) {
        INFO(member.substr(0, 60));
        // The good members, but the one in question.
        Json body = Json::parse(product("A", "Bag"));
        body.update(Json::parse("{" + member + "}"));
        const auto refused = shop.post("/v1/products", body.dump());
        CHECK(refused.status == 400);
        CHECK(refused.pointer() == pointer);
    }
    const auto several = shop.post("/v1/products", "{}");
    CHECK(several.body["errors"].size() == 3);
    CHECK(state(shop) == before);
}
