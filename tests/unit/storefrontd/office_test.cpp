// What the back office makes of forms, addresses and what services say.
#include <catch2/catch.hpp>

#include "storefrontd/changes_text.hpp"
#include "storefrontd/days.hpp"
#include "storefrontd/deployment.hpp"
#include "storefrontd/form_errors.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/picture_upload.hpp"
#include "storefrontd/product_editor.hpp"

using namespace shop;
using namespace shop::storefront;

TEST_CASE("form errors: a service's word for a field leads to the form's", "[storefront]") {
    constexpr FieldName kNames[] = {{"quantity", "stock_quantity"}, {"price", "price"}};
    Json model = Json::object();
    tell(model,
         {Code::invalid_argument,
          "several",
          {{"/quantity", "must not be 0"}, {"/price/amount", "is too high"}, {"/price", "second"}}},
         kNames);
    CHECK(model["error_stock_quantity"] == "This must not be 0.");
    CHECK(model["error_price"] == "This is too high.");
    CHECK_FALSE(model.contains("problem"));
}

TEST_CASE("form errors: what concerns no field of the form is its problem", "[storefront]") {
    Json model = Json::object();
    tell(model, {Code::invalid_argument, "", {{"/kind", "is booked by orders alone"}}}, {});
    CHECK(model["problem"] == "kind: This is booked by orders alone.");
    Json other = Json::object();
    tell(other, {Code::conflict, "a checkout holds MUG-1"}, {});
    CHECK(other["problem"] == "A checkout holds MUG-1.");
    Json twice = Json::object();
    tell(twice, {Code::idempotency_mismatch, "This Idempotency-Key was used"}, {});
    CHECK(twice["problem"].get<std::string>().find("sent already") != std::string::npos);
}

TEST_CASE("office: a form's key names its work, and is one of ours", "[storefront]") {
    const std::string key = new_key();
    CHECK(key != new_key());
    CHECK(key_of(Fields(Fields::Pairs{{"key", key}}), "order_fulfil").value() ==
          key + "-order_fulfil");
    for (const std::string bad :
         {"", "short", "abcdefghijklmnop\r\nx: y", "abcdefghijklmnop qrst",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
        CHECK_FALSE(key_of(Fields(Fields::Pairs{{"key", bad}}), "order_fulfil"));
}

TEST_CASE("office: a form's version becomes If-Match, and nothing else does", "[storefront]") {
    CHECK(if_match_of(Fields(Fields::Pairs{{"version", "7"}})).value() == "\"7\"");
    for (const char* bad : {"", "*", "0", "-1", "7\"", "7\r\n", "seven"})
        CHECK_FALSE(if_match_of(Fields(Fields::Pairs{{"version", bad}})));
}

TEST_CASE("office: an address has what was asked for, encoded, and nothing empty", "[storefront]") {
    Address here("/admin/products");
    here.with("q", "a&b=c").with("category", "").with("sort", "-price");
    CHECK(here.text() == "/admin/products?q=a%26b%3Dc&sort=-price");
}

TEST_CASE("office: a pager leads on, and back to the first page", "[storefront]") {
    const Address here("/admin/orders");
    CHECK(pager_of(here, "", std::nullopt).is_null());
    CHECK(pager_of(here, "", "abc")["next"] == "/admin/orders?cursor=abc");
    CHECK(pager_of(here, "", "abc")["first"] == "");
    CHECK(pager_of(here, "abc", std::nullopt)["first"] == "/admin/orders");
    CHECK(pager_of(here, "abc", std::nullopt)["next"] == "");
}

TEST_CASE("product form: prices are decimals of the currency, never rounded", "[storefront]") {
    const auto of = [](const char* price) {
        return details_of(Fields(Fields::Pairs{{"name", " Mug "}, {"price", price}}), "GBP", true);
    };
    REQUIRE(of("2.95"));
    CHECK((*of("2.95"))["price"]["amount"] == 295);
    CHECK((*of("2.95"))["name"] == "Mug");
    CHECK((*of("2.95"))["track_stock"] == false);
    for (const char* bad : {"", "2,95", "2.955", "-1", "cheap"}) {
        const auto refused = of(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().fields.at(0).pointer == "/price");
    }
}

TEST_CASE("product form: first pieces are for a new product whose pieces are counted",
          "[storefront]") {
    const auto of = [](const char* pieces, const char* track, bool is_new) {
        return details_of(Fields(Fields::Pairs{
                              {"price", "1"}, {"initial_stock", pieces}, {"track_stock", track}}),
                          "GBP", is_new);
    };
    CHECK(of("12", "1", true).value()["initial_stock"] == 12);
    CHECK_FALSE(of("12", "1", false).value().contains("initial_stock"));
    CHECK_FALSE(of("", "1", true).value().contains("initial_stock"));
    CHECK(of("a few", "1", true).error().fields.at(0).pointer == "/initial_stock");
    CHECK(of("12", "", true).error().fields.at(0).pointer == "/initial_stock");
}

TEST_CASE("product form: lines of a text end as everywhere", "[storefront]") {
    CHECK(typed(Fields(Fields::Pairs{{"description", "one\r\ntwo\r\n"}}), "description") ==
          "one\ntwo");
}

TEST_CASE("picture upload: the type is what the bytes begin with", "[storefront]") {
    CHECK(picture_type("\xff\xd8\xff\xe0 and so on") == "image/jpeg");
    CHECK(picture_type("\x89PNG\r\n\x1a\n....") == "image/png");
    CHECK(picture_type("GIF89a....") == "image/gif");
    CHECK(picture_type("RIFF\x10\x20\x30\x40WEBPVP8 ") == "image/webp");
    for (const char* other : {"", "<svg onload=alert(1)>", "RIFF1234WAVE", "RIFF", "GIF", "%PDF"})
        CHECK(picture_type(other).empty());
}

TEST_CASE("audit: what has changed is told in a line, and cut where it gets long", "[storefront]") {
    CHECK(changes_text({{"name", {{"from", "Jug"}, {"to", "Mug"}}},
                        {"price.amount", {{"from", 295}, {"to", 325}}}}) ==
          "name: Jug → Mug; price.amount: 295 → 325");
    CHECK(changes_text({{"note", {{"to", "new"}}}}) == "note: – → new");
    CHECK(changes_text("no object").empty());
    CHECK(changes_text({{"x", "no object"}}) == "x: – → –");
    Json many;
    for (int i = 0; i < 200; ++i)
        many["field" + std::to_string(i)] = {{"from", std::string(500, 'a')}, {"to", nullptr}};
    CHECK(changes_text(many).size() < 700);
}

TEST_CASE("deployment: the file is shown where it can be, and is nothing else", "[storefront]") {
    const auto good = deployment_in(R"({"release":"r1","when":"2026-11-28T10:00:00Z","who":"ada",)"
                                    R"("verdict":"rolled_back","x":1})");
    REQUIRE(good);
    CHECK(good->release == "r1");
    CHECK(good->who == "ada");
    CHECK(verdict_label(good->verdict) == "rolled back");
    for (const char* bad :
         {"", "[]", "{}", R"({"release":1,"when":"2026-11-28T10:00:00Z","verdict":"good"})",
          R"({"release":"r","when":"yesterday","verdict":"good"})",
          R"({"release":"r","when":"2026-11-28T10:00:00Z"})"})
        CHECK_FALSE(deployment_in(bad));
    CHECK_FALSE(read_deployment(""));
    CHECK_FALSE(read_deployment("/nowhere/at/all.json"));
}

TEST_CASE("days: a day of a form is its first moment, of UTC", "[storefront]") {
    CHECK(format_time(day_start("2026-11-28").value()) == "2026-11-28T00:00:00.000Z");
    for (const char* bad : {"", "2026-11-31", "28.11.2026", "2026-11-28T10:00", "today"})
        CHECK_FALSE(day_start(bad));
    CHECK(short_day("2026-11-02") == "2 Nov");
    CHECK(short_day("some day") == "some day");
}

TEST_CASE("orders: a row has when it was placed, or when its checkout began", "[storefront]") {
    api::Order order;
    order.number = 7;
    order.state = "pending";
    order.total = {295, "GBP"};
    order.created_at = day_start("2026-11-28").value();
    order.lines = {{.quantity = 2}, {.quantity = 3}};
    CHECK(order_row(order, "/x")["placed"] == "28 November 2026, 00:00 UTC");
    CHECK(order_row(order, "/x")["pieces"] == "5");
    order.placed_at = day_start("2026-11-29").value();
    CHECK(order_row(order, "/x")["placed"] == "29 November 2026, 00:00 UTC");
}

TEST_CASE("orders: each state is said in one word, and is exactly one of four", "[storefront]") {
    api::Order order;
    for (const auto* state : {"pending", "placed", "fulfilled", "cancelled"}) {
        order.state = state;
        const Json model = order_model(order, [](const api::Line&) { return std::string(); });
        int said = 0;
        for (const auto* name : {"is_pending", "is_placed", "is_fulfilled", "is_cancelled"})
            said += model[name].get<bool>() ? 1 : 0;
        CHECK(said == 1);
        CHECK(model["is_" + std::string(state)] == true);
        CHECK(model["state_label"] != state);
    }
}
