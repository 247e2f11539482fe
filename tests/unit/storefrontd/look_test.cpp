// Rules that all built-in templates keep: packaging/storefront/README.md.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "base/json.hpp"
#include "storefrontd/built_in_theme.hpp"

using namespace shop;
using storefront::kBuiltInTheme;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

// What reaches a browser: without the comment that states the model.
std::string without_comment(std::string_view text) {
    REQUIRE(text.starts_with("{{! "));
    return std::string(text.substr(text.find("}}") + 2));
}

template <class Check>
void each_template(const Check& check) {
    std::size_t seen = 0;
    for (const auto& [name, text] : kBuiltInTheme) {
        if (!name.ends_with(".html")) continue;
        INFO(name);
        check(name, without_comment(text));
        ++seen;
    }
    CHECK(seen > 30);
}

}  // namespace

TEST_CASE("every form that changes something has the token") {
    each_template([](std::string_view, const std::string& text) {
        CHECK(count(text, "method=\"post\"") == count(text, "{{> _csrf}}"));
    });
}

TEST_CASE("nothing is shown without escaping but what the program made itself") {
    each_template([](std::string_view name, const std::string& text) {
        // By template: the inner page, the charts, and the code for an authenticator app.
        const std::string made = name == "layout.html" || name == "admin_layout.html"
                                     ? "{{{content}}}"
                                 : name == "admin.html"         ? "{{{chart}}}"
                                 : name == "second_factor.html" ? "{{{qr}}}"
                                                                : "{{{";
        CHECK(count(text, "{{{") == (made == "{{{" ? 0 : count(text, made)));
        CHECK(count(text, "{{&") == 0);
    });
}

TEST_CASE("no template has what the content policy refuses, or anything of another host") {
    each_template([](std::string_view, const std::string& text) {
        CHECK(count(text, "style=") == 0);
        CHECK(count(text, "<style") == 0);
        CHECK(count(text, "//") == 0);
        CHECK_FALSE(std::regex_search(text, std::regex(R"(<[^>]*\son[a-z]+=)")));
        CHECK_FALSE(std::regex_search(text, std::regex(R"(<script(?![^>]* src="/assets/))")));
    });
}

TEST_CASE("all texts that templates ask for are there") {
    Json texts;
    for (const auto& [name, text] : kBuiltInTheme)
        if (name == "texts.json") texts = parse_json(text).value_or(Json::object());
    REQUIRE(texts.size() > 30);
    each_template([&](std::string_view, const std::string& text) {
        const std::regex asked(R"(text\.([a-z0-9_]+))");
        for (std::sregex_iterator at(text.begin(), text.end(), asked), end; at != end; ++at) {
            INFO((*at)[1]);
            CHECK(texts.contains((*at)[1].str()));
        }
    });
}
