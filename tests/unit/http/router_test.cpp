#include "http/router.hpp"

#include <catch2/catch.hpp>

using shop::http::Router;
using Kind = Router::Match::Kind;

namespace {

Router shop_routes() {
    Router router;
    router.add("GET", "/", 0);
    router.add("GET", "/v1/users", 1);
    router.add("POST", "/v1/users", 2);
    router.add("GET", "/v1/users/me", 3);
    router.add("GET", "/v1/users/{ref}", 4);
    router.add("DELETE", "/v1/users/{ref}", 5);
    router.add("GET", "/v1/users/{user}/orders/{order}", 6);
    router.add("HEAD", "/livez", 7);
    router.add("GET", "/livez", 8);
    return router;
}

}  // namespace

TEST_CASE("Router: finds literals and parameters, and names the parameters") {
    const Router router = shop_routes();
    CHECK(router.match("GET", {}).route == 0);
    CHECK(router.match("GET", {"v1", "users"}).route == 1);
    CHECK(router.match("POST", {"v1", "users"}).route == 2);
    const auto match = router.match("GET", {"v1", "users", "u/1", "orders", "7"});
    REQUIRE(match.kind == Kind::found);
    CHECK(match.route == 6);
    REQUIRE(match.params.size() == 2);
    CHECK(match.params[0] == std::pair<std::string_view, std::string>{"user", "u/1"});
    CHECK(match.params[1] == std::pair<std::string_view, std::string>{"order", "7"});
}

TEST_CASE("Router: a literal wins over a parameter, and gives way where it leads nowhere") {
    const Router router = shop_routes();
    CHECK(router.match("GET", {"v1", "users", "me"}).route == 3);
    CHECK(router.match("GET", {"v1", "users", "you"}).route == 4);
    CHECK(router.match("GET", {"v1", "users", "me", "orders", "7"}).route == 6);
    const auto match = router.match("DELETE", {"v1", "users", "me"});
    CHECK(match.route == 5);
    CHECK(match.params.at(0).second == "me");
}

TEST_CASE("Router: an unknown path is no path, a known one with another method says which") {
    const Router router = shop_routes();
    CHECK(router.match("GET", {"v2"}).kind == Kind::no_path);
    CHECK(router.match("GET", {"v1"}).kind == Kind::no_path);
    CHECK(router.match("GET", {"v1", "users", "1", "orders"}).kind == Kind::no_path);
    const auto match = router.match("PUT", {"v1", "users", "me"});
    CHECK(match.kind == Kind::no_method);
    CHECK(match.allow == "DELETE, GET");
    CHECK(router.match("get", {"v1", "users"}).kind == Kind::no_method);
}

TEST_CASE("Router: HEAD takes the route of GET where it has none of its own") {
    const Router router = shop_routes();
    CHECK(router.match("HEAD", {"v1", "users"}).route == 1);
    CHECK(router.match("HEAD", {"livez"}).route == 7);
    CHECK(router.match("GET", {"livez"}).route == 8);
}
