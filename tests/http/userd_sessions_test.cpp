// Sessions over /v1: sign in, slow down, refresh, sign out, introspect.
#include <catch2/catch.hpp>

#include "http/userd_shop.hpp"
#include "userd/store.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

Json introspect(UserShop& shop, const std::string& token) {
    const auto answer = shop.send("service:orderd", "POST", "/v1/sessions/introspect",
                                  Json{{"token", token}}.dump());
    REQUIRE(answer.status == 200);
    return json_of(answer);
}

std::uint64_t sessions_kept(UserShop& shop) {
    const users::Tables tables;  // the same numbers as the app's own
    std::uint64_t count = 0;
    REQUIRE(shop.app().service().parts().store.read([&](const store::Snapshot& snapshot) {
        count = tables.sessions.count(snapshot);
        return Result<void>();
    }));
    return count;
}

}  // namespace

TEST_CASE("session_create: by username or e-mail address, in any case", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    for (const char* name : {"ada", "ADA", "ada@example.org", "Ada@Example.org"}) {
        INFO(name);
        const Json session = shop.sign_in(name);
        CHECK(session["user"] == ada);
        CHECK(session["expires_at"] == format_time(shop.rig().clock().now() + 24h * 30));
        CHECK(session["access_expires_at"] == format_time(shop.rig().clock().now() + 10min));
        const auto principal = shop.rig().verifier().verify(session.value("access_token", ""));
        REQUIRE(principal);
        CHECK(principal->user_id == ada["id"]);
        CHECK(principal->number == 2);
        CHECK(principal->username == "ada");
        CHECK(principal->role == "customer");
        CHECK(principal->session_id == session["id"]);
    }
    const Json event = shop.events().back();
    CHECK(event["type"] == "session.created");
    CHECK(event["data"]["user_id"] == ada["id"]);
}

TEST_CASE("session_create: a wrong password and an unknown name sound the same", "[userd]") {
    UserShop shop;
    shop.add("ada");
    shop.create(account("off", R"("active":false)"), "root");
    const auto before = shop.state();
    const auto wrong = shop.try_sign_in("ada", "battery staple");
    const std::string too_long(254, 'n');
    for (const auto& answer : {shop.try_sign_in("nobody"), shop.try_sign_in("off"),
                               shop.try_sign_in(too_long), shop.try_sign_in(" ")}) {
        CHECK(answer.status == 401);
        CHECK(detail_of(answer) == detail_of(wrong));
    }
    CHECK(wrong.status == 401);
    CHECK(wrong.headers.get("www-authenticate"));
    CHECK(pointer_of(shop.try_sign_in(std::string(255, 'n'))) == "/username");
    CHECK(pointer_of(shop.try_sign_in("ada", std::string(257, 'p'))) == "/password");
    CHECK(shop.state() == before);
}

TEST_CASE("session_refresh: each token works once", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const Json first = shop.sign_in("ada");
    shop.rig().clock().advance(11min);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);  // the access token is over
    const auto answer = shop.refresh(first["refresh_token"]);
    REQUIRE(answer.status == 200);
    const Json second = json_of(answer);
    CHECK(second["id"] == first["id"]);
    CHECK(second["expires_at"] == first["expires_at"]);
    CHECK(second["refresh_token"] != first["refresh_token"]);
    CHECK(shop.send_token(second["access_token"], "GET", "/v1/users/me").status == 200);
    CHECK(shop.refresh(second["refresh_token"]).status == 200);
}

TEST_CASE("session_refresh: a token used twice ends the session", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const Json other = shop.sign_in("ada");
    const Json first = shop.sign_in("ada");
    const Json second = json_of(shop.refresh(first["refresh_token"]));
    const auto again = shop.refresh(first["refresh_token"]);
    CHECK(again.status == 401);
    CHECK_THAT(detail_of(again), Catch::Contains("used before"));
    CHECK(shop.refresh(second["refresh_token"]).status == 401);
    CHECK(shop.send_token(second["access_token"], "GET", "/v1/users/me").status == 401);
    CHECK(shop.refresh(other["refresh_token"]).status == 200);
}

TEST_CASE("session_refresh: what is no live refresh token is refused", "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    const Json session = shop.sign_in("ada");
    CHECK(shop.refresh("nonsense").status == 401);
    CHECK(shop.refresh(shop.course_login("ada")).status == 401);
    CHECK(pointer_of(shop.refresh(session["access_token"])) == "/refresh_token");  // too long
    CHECK(pointer_of(shop.send("", "POST", "/v1/sessions/refresh", "{}")) == "/refresh_token");
    shop.rig().clock().advance(24h * 30);
    CHECK(shop.refresh(session["refresh_token"]).status == 401);
}

TEST_CASE("session_refresh: an access token never outlives its session", "[userd]") {
    UserShop shop;
    const Json session = shop.sign_in("root");
    shop.rig().clock().advance(24h * 30 - 5min);
    const Json last = json_of(shop.refresh(session["refresh_token"]));
    CHECK(last["access_expires_at"] == session["expires_at"]);
}

TEST_CASE("session_delete: signs out this session and no other", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const Json other = shop.sign_in("ada");
    const Json mine = shop.sign_in("ada");
    REQUIRE(shop.send("ada", "DELETE", "/v1/sessions/current").status == 204);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    CHECK(shop.send("ada", "DELETE", "/v1/sessions/current").status == 401);
    CHECK(shop.refresh(mine["refresh_token"]).status == 401);
    CHECK(shop.send_token(other["access_token"], "GET", "/v1/users/me").status == 200);
    const Json event = shop.events().back();
    CHECK(event["type"] == "session.ended");
    CHECK(event["subject"] == mine["id"]);
    // A service has no session; to end it is no error.
    CHECK(shop.send("service:orderd", "DELETE", "/v1/sessions/current").status == 204);
}

TEST_CASE("userd: a well-signed token without a session is refused", "[userd]") {
    UserShop shop;
    const auto answer = shop.send_token(shop.rig().token("admin"), "GET", "/v1/users");
    CHECK(answer.status == 401);
    CHECK(problem_type(answer) == "unauthenticated");
}

TEST_CASE("userd: sessions outlive a restart", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const Json session = shop.sign_in("ada");
    shop.restart();
    CHECK(shop.get("ada", "/v1/users/me").status == 200);
    CHECK(shop.refresh(session["refresh_token"]).status == 200);
}

TEST_CASE("session_create: takes ended sessions away", "[userd]") {
    UserShop shop;
    for (int i = 0; i < 19; ++i) shop.sign_in("root");
    CHECK(sessions_kept(shop) == 20);
    shop.rig().clock().advance(24h * 15);
    shop.sign_in("root");
    CHECK(sessions_kept(shop) == 21);
    shop.rig().clock().advance(24h * 15);  // 20 are over
    shop.sign_in("root");
    CHECK(sessions_kept(shop) == 6);
    shop.sign_in("root");
    CHECK(sessions_kept(shop) == 3);
}

TEST_CASE("session_introspect: tells whose token it is", "[userd]") {
    UserShop shop(true);
    const Json ada = shop.add("ada");
    const Json session = shop.sign_in("ada");
    const Json token = introspect(shop, session["access_token"]);
    CHECK(token == Json{{"active", true},
                        {"user_id", ada["id"]},
                        {"number", 2},
                        {"username", "ada"},
                        {"role", "customer"},
                        {"session_id", session["id"]},
                        {"expires_at", session["access_expires_at"]}});
    const std::string key = shop.course_login("ada");
    const Json course = introspect(shop, key);
    CHECK(course["active"] == true);
    CHECK(course["user_id"] == ada["id"]);
    CHECK(course["expires_at"] == format_time(shop.rig().clock().now() + 24h * 30));
    CHECK(
        shop.send("root", "POST", "/v1/sessions/introspect", Json{{"token", key}}.dump()).status ==
        200);
}

TEST_CASE("session_introspect: a dead token is not active, and no error", "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    const Json off{{"active", false}};
    const Json session = shop.sign_in("ada");
    const std::string key = shop.course_login("ada");
    CHECK(introspect(shop, "nonsense") == off);
    CHECK(introspect(shop, session["refresh_token"]) == off);
    CHECK(introspect(shop, shop.rig().token("customer")) == off);
    CHECK(shop.patch("root", "ada", R"({"active":false})").status == 200);
    CHECK(introspect(shop, session["access_token"]) == off);
    CHECK(introspect(shop, key) == off);
    CHECK(shop.patch("root", "ada", R"({"active":true})").status == 200);
    const Json again = shop.sign_in("ada");
    CHECK(introspect(shop, again["access_token"])["active"] == true);
    shop.rig().clock().advance(10min);
    CHECK(introspect(shop, again["access_token"]) == off);
}
