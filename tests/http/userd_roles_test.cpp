// Roles: who gives them, what they let one do, and that nobody gives more than they have.
#include <catch2/catch.hpp>

#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;

namespace {

std::string role_body(const std::vector<std::string>& scopes) {
    return Json{{"description", "of a test"}, {"scopes", scopes}}.dump();
}

}  // namespace

TEST_CASE("roles: one of the shop's own lets an account do what it names, and nothing else") {
    UserShop shop;
    const auto made = shop.send("root", "PUT", "/v1/roles/helper", role_body({"users:read"}));
    REQUIRE(made.status == 200);
    CHECK(json_of(made)["built_in"] == false);
    CHECK(json_of(made)["version"] == 1);
    const Json eve = shop.add("eve", "helper");
    CHECK(eve["role"] == "helper");
    CHECK(shop.get("eve", "/v1/users").status == 200);
    CHECK(shop.get("eve", "/v1/users/root").status == 200);
    CHECK(shop.get("eve", "/v1/events").status == 403);
    CHECK(shop.patch("eve", "root", R"({"first_name":"x"})").status == 404);
    CHECK(shop.send("eve", "PUT", "/v1/roles/helper", role_body({"users:read"})).status == 403);
    // A service that asks whose token it is learns the same.
    const auto token = shop.sign_in("eve")["access_token"].get<std::string>();
    const Json known = json_of(shop.send("service:orderd", "POST", "/v1/sessions/introspect",
                                         Json{{"token", token}}.dump()));
    CHECK(known["scopes"] == Json{"signed_in", "users:read"});
    const auto principal = shop.rig().verifier().verify(token);
    REQUIRE(principal);
    CHECK(principal->may("users:read"));
    CHECK_FALSE(principal->may("cart"));
}

TEST_CASE("roles: nobody gives more than they have, and nobody changes who may more") {
    UserShop shop;
    REQUIRE(shop.send("root", "PUT", "/v1/roles/clerk",
                      role_body({"users:read", "users:write", "roles:write"}))
                .status == 200);
    shop.add("clerk", "clerk");
    shop.add("sam", "staff");
    shop.add("ada");
    SECTION("as a role") {
        for (const char* scope : {"products:write", "audit:read"})
            CHECK(shop.send("clerk", "PUT", "/v1/roles/mine", role_body({scope})).status == 403);
        CHECK(
            shop.send("clerk", "PUT", "/v1/roles/mine", role_body({"users:read", "cart"})).status ==
            200);
        REQUIRE(shop.send("root", "PUT", "/v1/roles/big", role_body({"audit:read"})).status == 200);
        CHECK(shop.send("clerk", "PUT", "/v1/roles/big", role_body({"users:read"})).status == 403);
    }
    SECTION("to an account") {
        for (const char* role : {"admin", "staff", "support"}) {
            INFO(role);
            const std::string body = Json{{"role", role}}.dump();
            CHECK(shop.patch("clerk", "clerk", body).status == 403);
            CHECK(shop.create(account("new", R"("role":"admin")"), "clerk").status == 403);
        }
        const auto none = shop.patch("root", "ada", R"({"role":"nothing"})");
        CHECK(none.status == 400);
        CHECK(pointer_of(none) == "/role");
    }
    SECTION("by a password of somebody else's") {
        const auto refused = shop.patch("clerk", "sam", R"({"password":"a good one 4711"})");
        CHECK(refused.status == 403);
        CHECK(shop.try_sign_in("sam").status == 201);
        CHECK(shop.send("clerk", "DELETE", "/v1/users/root").status == 403);
    }
}

TEST_CASE("roles: what comes with the shop stays, and one that somebody has is not deleted") {
    UserShop shop;
    const Json all = json_of(shop.get("root", "/v1/roles"))["items"];
    std::vector<std::string> names;
    for (const auto& role : all) names.push_back(role["name"]);
    CHECK(names == std::vector<std::string>{"customer", "support", "catalogue", "fulfilment",
                                            "staff", "admin"});
    for (const auto& name : names) {
        const std::string target = "/v1/roles/" + name;
        CHECK(shop.send("root", "PUT", target, role_body({"users:read"})).status == 409);
        CHECK(shop.send("root", "DELETE", target).status == 409);
    }
    CHECK(shop.send("root", "DELETE", "/v1/roles/nothing").status == 404);
    CHECK(shop.get("root", "/v1/roles/service:orderd").status == 404);
    REQUIRE(shop.send("root", "PUT", "/v1/roles/helper", role_body({"users:read"})).status == 200);
    shop.add("eve", "helper");
    CHECK(shop.send("root", "DELETE", "/v1/roles/helper").status == 409);
    CHECK(shop.patch("root", "eve", R"({"role":"customer"})").status == 200);
    CHECK(shop.send("root", "DELETE", "/v1/roles/helper").status == 204);
    CHECK(shop.get("root", "/v1/roles/helper").status == 404);
}

TEST_CASE("roles: bad ones are refused and nothing is stored") {
    UserShop shop;
    const auto refused = [&](const std::string& name, const std::string& body) {
        const auto answer = shop.send("root", "PUT", "/v1/roles/" + name, body);
        INFO(answer.body);
        CHECK(answer.status == 400);
        return pointer_of(answer);
    };
    CHECK(refused("Helper", role_body({"users:read"})) == "role");
    CHECK(refused("service:orderd", role_body({"users:read"})) == "role");
    CHECK(refused(std::string(41, 'a'), role_body({"users:read"})) == "role");
    CHECK(refused("helper", role_body({})) == "/scopes");
    CHECK(refused("helper", role_body({"stock:reserve"})) == "/scopes/0");
    CHECK(refused("helper", role_body({"users:read", "everything"})) == "/scopes/1");
    CHECK(refused("helper", role_body({"users:read", "users:read"})) == "/scopes/1");
    CHECK(json_of(shop.get("root", "/v1/roles"))["items"].size() == 6);
}

TEST_CASE("roles: other rights of a role end the sessions of whoever has it") {
    UserShop shop;
    REQUIRE(shop.send("root", "PUT", "/v1/roles/helper", role_body({"users:read"})).status == 200);
    shop.add("eve", "helper");
    shop.add("ada");
    CHECK(shop.send("root", "PUT", "/v1/roles/helper",
                    R"({"description":"another","scopes":["users:read"]})")
              .status == 200);
    CHECK(shop.get("eve", "/v1/users/me").status == 200);
    CHECK(shop.send("root", "PUT", "/v1/roles/helper", role_body({"audit:read"})).status == 200);
    CHECK(shop.get("eve", "/v1/users/me").status == 401);
    CHECK(shop.get("ada", "/v1/users/me").status == 200);
    shop.sign_in("eve");
    CHECK(shop.get("eve", "/v1/users").status == 403);
}
