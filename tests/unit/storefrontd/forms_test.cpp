// Forms: what was sent, where it leads to, and how it comes back.
#include "storefrontd/forms.hpp"

#include <catch2/catch.hpp>

#include "storefrontd/cart_entry.hpp"

using namespace shop;
using namespace shop::storefront;

namespace {

Errand errand_of(const Fields::Pairs& pairs) { return Errand::read(Fields(pairs)); }

}  // namespace

TEST_CASE("forms: a field is the first of its name, and empty where it was not sent") {
    const Fields fields({{"a", "1"}, {"b", ""}, {"a", "2"}});
    CHECK(fields.get("a") == "1");
    CHECK(fields.all("a") == std::vector<std::string>{"1", "2"});
    CHECK(fields.has("a"));
    CHECK_FALSE(fields.has("b"));
    CHECK_FALSE(fields.has("c"));
    CHECK(fields.get("c").empty());
    CHECK(fields.all("c").empty());
}

TEST_CASE("forms: a path of ours is kept, and nothing leads to another host") {
    for (const auto* own : {"/", "/cart", "/products?q=red%20cup&sort=name", "/a//b", "/@host"})
        CHECK(own_path(own) == own);
    for (const auto* foreign :
         {"", "cart", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example",
          "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example",
          " /cart", "/a b", "/cart\r\nset-cookie: a=b", "/a\x7f"})
        CHECK(own_path(foreign) == "/");
    CHECK(own_path(std::string_view("/a\0b", 4)) == "/");
    CHECK(own_path("/" + std::string(499, 'a')).size() == 500);
    CHECK(own_path("/" + std::string(500, 'a')) == "/");
}

TEST_CASE("forms: errors stand at their fields, and the rest above the form") {
    Error error{Code::invalid_argument,
                "the input is wrong",
                {{"/email", "must be an address"}, {"/password", "is too short"}}};
    Json model = Json::object();
    add_errors(model, error, {"email", "password"});
    CHECK(model == Json{{"error_email", "This must be an address."},
                        {"error_password", "This is too short."}});

    model = Json::object();
    add_errors(model, error, {"email"});
    CHECK(model.at("error_email") == "This must be an address.");
    CHECK(model.at("problem") == "The input is wrong.");
    CHECK_FALSE(model.contains("error_password"));

    model = Json::object();
    add_errors(model, {Code::conflict, "try again"}, {"email"});
    CHECK(model == Json{{"problem", "Try again."}});
}

TEST_CASE("forms: what was typed comes back under its own name, and nothing else does") {
    const Fields form({{"email", "a@b"}, {"password", "secret"}});
    Json model = Json::object();
    add_typed(model, form, {"email", "first_name"});
    CHECK(model == Json{{"email", "a@b"}, {"first_name", ""}});
}

TEST_CASE("forms: a form comes back for what was sent, not for what is down or denied") {
    for (const auto code : {Code::invalid_argument, Code::conflict, Code::already_exists,
                            Code::resource_exhausted, Code::failed_precondition})
        CHECK(is_about_form({code, "x"}));
    for (const auto code : {Code::unavailable, Code::timeout, Code::internal,
                            Code::permission_denied, Code::unauthenticated})
        CHECK_FALSE(is_about_form({code, "x"}));
    CHECK(is_silence({Code::timeout, "x"}));
    CHECK_FALSE(is_silence({Code::conflict, "x"}));
}

TEST_CASE("forms: an errand goes through the sign-in, percent-encoded") {
    const auto errand =
        errand_of({{"add", "red&cup"}, {"quantity", "2"}, {"next", "/products?q=a&sort=name"}});
    CHECK(errand.address("/login") ==
          "/login?add=red%26cup&quantity=2&next=%2Fproducts%3Fq%3Da%26sort%3Dname");
    Json model = Json::object();
    errand.add_to(model);
    CHECK(model ==
          Json{{"add", "red&cup"}, {"quantity", "2"}, {"next", "/products?q=a&sort=name"}});
}

TEST_CASE("forms: an errand never leads elsewhere, and nothing is what it is without its fields") {
    CHECK(errand_of({{"next", "//evil.example"}}).next == "/");
    CHECK(errand_of({{"next", "//evil.example"}}).address("/login") == "/login");
    CHECK(errand_of({{"quantity", "2"}}).address("/login") == "/login");
    CHECK(errand_of({{"add", std::string(101, 'x')}, {"quantity", "2"}}).address("/register") ==
          "/register");
}
