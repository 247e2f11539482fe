// The look of the shop, and what its owner changes about it.
#include "storefrontd/theme.hpp"

#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::storefront;

namespace {

struct OwnFolder {
    test::TempFolder folder;

    OwnFolder() {
        std::filesystem::create_directory(folder.path() / "templates");
        std::filesystem::create_directory(folder.path() / "assets");
    }
    void put(const std::string& name, const std::string& text) {
        REQUIRE(write_file(folder.path() / name, text, 0644));
    }
    std::unique_ptr<Theme> read() {
        auto theme = Theme::read(folder.path());
        INFO((theme ? "" : theme.error().message));
        REQUIRE(theme);
        return *std::move(theme);
    }
    std::string why_not() {
        const auto theme = Theme::read(folder.path());
        REQUIRE_FALSE(theme);
        CHECK(theme.error().code == Code::invalid_argument);
        return theme.error().message;
    }
};

}  // namespace

TEST_CASE("theme: without a folder all is built in") {
    const auto theme = Theme::read("");
    REQUIRE(theme);
    CHECK((*theme)->texts()->contains("shop_name"));
    CHECK((*theme)->asset("style.css"));
    CHECK_FALSE((*theme)->asset("none.css"));
    CHECK((*theme)->render("no_such_page", Json::object()).empty());
}

TEST_CASE("theme: a folder that is not there is told") {
    const auto theme = Theme::read("/no/such/folder");
    REQUIRE_FALSE(theme);
    CHECK(theme.error().code == Code::not_found);
    CHECK_THAT(theme.error().message, Catch::Contains("/no/such/folder"));
}

TEST_CASE("theme: the owner's texts win, the others are the built-in ones") {
    OwnFolder own;
    own.put("texts.json", R"({"shop_name": "Tea & Co", "my_own": "x"})");
    const auto theme = own.read();
    const auto texts = theme->texts();
    CHECK(texts->at("shop_name") == "Tea & Co");
    CHECK(texts->at("my_own") == "x");
    CHECK(texts->at("said_signed_out").is_string());
}

TEST_CASE("theme: the owner's template wins, filled in and escaped") {
    OwnFolder own;
    own.put("templates/error.html", "<p>{{message}}{{^gone}}!{{/gone}}{{#empty}}?{{/empty}}</p>");
    const auto theme = own.read();
    CHECK(theme->render("error",
                        {{"message", "<b>&\"'"}, {"gone", nullptr}, {"empty", ""}, {"more", 1}}) ==
          "<p>&lt;b&gt;&amp;&quot;&apos;!</p>");
    CHECK_FALSE(theme->render("cart", Json::object()).empty());
}

TEST_CASE("theme: the owner's asset has another version than the built-in one") {
    OwnFolder own;
    const auto before = own.read();
    own.put("assets/colours.css", ":root { --text: #111; }");
    const auto theme = own.read();
    CHECK(theme->asset("colours.css")->bytes == ":root { --text: #111; }");
    CHECK(theme->asset("colours.css")->version != before->asset("colours.css")->version);
    CHECK(theme->asset("style.css")->version == before->asset("style.css")->version);
    CHECK(theme->version() != before->version());
}

TEST_CASE("theme: what changes in the folder shows, what can't be used leaves the former look") {
    OwnFolder own;
    own.put("templates/error.html", "one");
    const auto theme = own.read();
    const auto first = theme->generation();
    theme->look_again();
    CHECK(theme->generation() == first);
    CHECK(theme->render("error", Json::object()) == "one");

    own.put("templates/error.html", "{{#never}} closed");
    theme->look_again();
    CHECK(theme->generation() == first);
    CHECK(theme->render("error", Json::object()) == "one");

    own.put("templates/error.html", "two");
    theme->look_again();
    CHECK(theme->generation() > first);
    CHECK(theme->render("error", Json::object()) == "two");

    std::filesystem::remove(own.folder.path() / "templates/error.html");
    theme->look_again();
    CHECK(theme->render("error", Json::object()) != "two");
}

TEST_CASE("theme: a piece is the owner's in every page that has it") {
    OwnFolder own;
    own.put("templates/_csrf.html", "[{{csrf}}]");
    own.put("templates/error.html", "a{{> _csrf}}b{{>_csrf}}");
    CHECK(own.read()->render("error", {{"csrf", "t"}}) == "a[t]b[t]");
}

TEST_CASE("theme: a piece that holds itself, is not there or has no end is refused") {
    OwnFolder own;
    SECTION("itself") {
        own.put("templates/_csrf.html", "{{> _csrf}}");
        CHECK_THAT(own.why_not(), Catch::Contains("_csrf"));
    }
    SECTION("itself, by another") {
        own.put("templates/_csrf.html", "{{> _flash}}");
        own.put("templates/_flash.html", "{{> _csrf}}");
        CHECK_THAT(own.why_not(), Catch::Contains("holds itself"));
    }
    SECTION("not there") {
        own.put("templates/error.html", "{{> _none}}");
        CHECK_THAT(own.why_not(), Catch::Contains("error.html") && Catch::Contains("_none"));
    }
    SECTION("outside") {
        own.put("templates/error.html", "{{> ../../etc/passwd}}");
        CHECK_THAT(own.why_not(), Catch::Contains("error.html"));
    }
    SECTION("no end") {
        own.put("templates/error.html", "{{> _csrf");
        CHECK_THAT(own.why_not(), Catch::Contains("error.html"));
    }
}

TEST_CASE("theme: texts that are no texts, or no JSON, are refused by name") {
    OwnFolder own;
    SECTION("a number") {
        own.put("texts.json", R"({"shop_name": 5})");
        CHECK_THAT(own.why_not(), Catch::Contains("texts.json") && Catch::Contains("shop_name"));
    }
    SECTION("a list") {
        own.put("texts.json", "[]");
        CHECK_THAT(own.why_not(), Catch::Contains("texts.json"));
    }
    SECTION("no UTF-8") {
        own.put("texts.json", "{\"shop_name\": \"\xff\"}");
        CHECK_THAT(own.why_not(), Catch::Contains("texts.json"));
    }
}
