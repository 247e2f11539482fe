#include "events/differences.hpp"

#include <catch2/catch.hpp>

#include "base/text.hpp"

using namespace shop;
using shop::events::differences;

TEST_CASE("differences: only what differs, with both values") {
    const Json before = {{"name", "Bag"}, {"stars", 1}, {"active", true}};
    const Json after = {{"name", "Red bag"}, {"stars", 1}, {"active", false}};
    CHECK(differences(before, after) == Json{{"name", {{"from", "Bag"}, {"to", "Red bag"}}},
                                             {"active", {{"from", true}, {"to", false}}}});
    CHECK(differences(before, before) == Json::object());
}

TEST_CASE("differences: something made comes from null, something deleted goes to null") {
    const Json bag = {{"id", "prd_1"}, {"name", "Bag"}, {"price", {{"amount", 0}}}};
    const Json made = differences(nullptr, bag);
    CHECK(made["name"] == Json{{"from", nullptr}, {"to", "Bag"}});
    CHECK(made["price.amount"] == Json{{"from", nullptr}, {"to", 0}});
    const Json gone = differences(bag, {{"id", "prd_1"}});
    CHECK(gone["name"] == Json{{"from", "Bag"}, {"to", nullptr}});
    CHECK_FALSE(gone.contains("id"));
}

TEST_CASE("differences: versions, times of change and empty values are no news") {
    CHECK(differences({{"version", 1}, {"updated_at", "x"}, {"level", {{"version", 1}}}},
                      {{"version", 2}, {"updated_at", "y"}, {"level", {{"version", 2}}}}) ==
          Json::object());
    CHECK(differences(nullptr, {{"note", ""}, {"tags", Json::array()}, {"more", nullptr}}) ==
          Json::object());
    CHECK(differences({{"count", 0}}, Json::object()).size() == 1);
}

TEST_CASE("differences: what is named like a secret shows that it changed, and no value") {
    const std::string name =
        GENERATE("password", "password_hash", "secret", "secret_hash", "previous_hash",
                 "refresh_token", "totp_step", "api_key", "key", "Recovery_Codes", "passphrase");
    for (const Json& value : {Json("open sesame"), Json({"open sesame"}), Json(nullptr)}) {
        const Json out = differences({{name, value}, {"a", {{name, value}}}},
                                     {{name, "sesame 2"}, {"list", {{{name, "open sesame"}}}}});
        INFO(dump(out));
        CHECK(out[name] == Json{{"from", "hidden"}, {"to", "hidden"}});
        CHECK(dump(out).find("sesame") == std::string::npos);
    }
}

TEST_CASE("differences: long texts and lists are cut between characters") {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "ü";
    Json lines = Json::array();
    for (int i = 0; i < 100; ++i) lines.push_back({{"quantity", i}, {"name", "Grüner Tee"}});
    const Json out = differences(nullptr, {{"text", text}, {"lines", lines}, {"tags", {"a", "b"}}});
    for (const char* name : {"text", "lines"}) {
        const auto shown = out[name]["to"].get<std::string>();
        CHECK(is_utf8(shown));
        CHECK(utf8_length(shown) == 201);
        CHECK(shown.ends_with("…"));
    }
    CHECK(out["tags"]["to"] == Json({"a", "b"}));
}

TEST_CASE("differences: no more than fifty members") {
    Json many = Json::object();
    for (int i = 0; i < 80; ++i) many["deep"]["m" + std::to_string(i)] = i;
    CHECK(differences(nullptr, many).size() == 50);
}
