// Sessions as a person sees them: listed, ended one by one or all, and what a change of the account
// ends.
#include <catch2/catch.hpp>

#include <set>

#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

Json items(const http::Response& answer) {
    REQUIRE(answer.status == 200);
    return json_of(answer).at("items");
}

bool works(UserShop& shop, const Json& session) {
    return shop.send_token(session["access_token"], "GET", "/v1/users/me").status == 200;
}

std::string make_key(UserShop& shop, const std::string& who) {
    const auto made =
        shop.send(who, "POST", "/v1/api-keys", R"({"name":"job","scopes":["orders:own"]})");
    REQUIRE(made.status == 201);
    return json_of(made).at("secret");
}

int redeem(UserShop& shop, const std::string& secret) {
    return shop.send("", "POST", "/v1/tokens", Json{{"api_key", secret}}.dump()).status;
}

}  // namespace

TEST_CASE("sessions: everybody sees their own, with from where, and which one asks", "[userd]") {
    UserShop shop(true);
    const Json ada = shop.add("ada");
    shop.add("eve");
    shop.course_login("ada");
    make_key(shop, "ada");
    const std::string agent = "shopctl \xE2\x9C\x93 " + std::string(300, 'x');
    const auto answer = shop.try_sign_in("ada", kPassword, {{"user-agent", agent}});
    REQUIRE(answer.status == 201);
    const Json rows = items(shop.get("ada", "/v1/sessions"));
    REQUIRE(rows.size() == 4);
    std::multiset<std::string> kinds;
    int current = 0;
    for (const Json& row : rows) {
        kinds.insert(row.value("kind", ""));
        current += row["current"] == true ? 1 : 0;
        CHECK(row["user_id"] == ada["id"]);
        CHECK(row.value("user_agent", "").size() <= 200);
    }
    CHECK(kinds == std::multiset<std::string>{"course", "key", "token", "token"});
    CHECK(current == 1);
    CHECK_THAT(rows[0].value("user_agent", ""), Catch::StartsWith("shopctl \xE2\x9C\x93 xxx"));
    // In pages, each once.
    std::set<std::string> ids;
    std::string cursor;
    for (int page = 0; page < 10; ++page) {
        const Json body = json_of(shop.get("ada", "/v1/sessions?limit=1" + cursor));
        for (const Json& row : body["items"]) ids.insert(row.value("id", ""));
        if (!body.contains("next_cursor")) break;
        cursor = "&cursor=" + body.value("next_cursor", "");
    }
    CHECK(ids.size() == 4);
    CHECK(shop.get("ada", "/v1/sessions?cursor=%21").status == 400);
    // Somebody else's: with the right alone, and else as if there were no such account.
    CHECK(shop.get("eve", "/v1/sessions?user=ada").status == 404);
    CHECK(items(shop.get("root", "/v1/sessions?user=ada")).size() == 4);
    shop.rig().clock().advance(24h * 31);
    shop.sign_in("ada");
    CHECK(items(shop.get("ada", "/v1/sessions")).size() == 2);  // this one and the key
}

TEST_CASE("sessions: one is ended by its owner or an administrator, and by nobody else",
          "[userd]") {
    UserShop shop;
    shop.add("ada");
    shop.add("eve");
    const Json other = shop.sign_in("ada");
    shop.sign_in("ada");
    const std::string target = "/v1/sessions/" + other.value("id", "");
    CHECK(shop.send("eve", "DELETE", target).status == 404);
    CHECK(works(shop, other));
    CHECK(shop.send("ada", "DELETE", target).status == 204);
    CHECK_FALSE(works(shop, other));
    CHECK(shop.refresh(other["refresh_token"]).status == 401);
    CHECK(shop.events().back()["type"] == "session.ended");
    CHECK(shop.events().back()["subject"] == other["id"]);
    CHECK(shop.send("ada", "DELETE", target).status == 404);
    CHECK(shop.send("ada", "DELETE", "/v1/sessions/nonsense").status == 404);
    const Json mine = shop.sign_in("ada");
    CHECK(shop.send("root", "DELETE", "/v1/sessions/" + mine.value("id", "")).status == 204);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
}

TEST_CASE("sessions: all sign-ins end at once, or all others, and API keys stay", "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    shop.add("eve");
    const std::string key = make_key(shop, "ada");
    const Json first = shop.sign_in("ada");
    const std::string course_key = shop.course_login("ada");
    shop.sign_in("ada");
    CHECK(shop.send("ada", "DELETE", "/v1/sessions?others=true").status == 204);
    CHECK_FALSE(works(shop, first));
    CHECK(shop.course(course_key, "GET", "/api/user").status == 401);
    CHECK(shop.get("ada", "/v1/users/me").status == 200);
    CHECK(shop.send("eve", "DELETE", "/v1/sessions?user=ada").status == 404);
    CHECK(shop.get("ada", "/v1/users/me").status == 200);
    CHECK(shop.send("ada", "DELETE", "/v1/sessions").status == 204);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    shop.sign_in("ada");
    CHECK(shop.send("root", "DELETE", "/v1/sessions?user=ada").status == 204);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    CHECK(shop.get("eve", "/v1/users/me").status == 200);
    CHECK(redeem(shop, key) == 201);
}

TEST_CASE("sessions: a new password ends the other sign-ins, another role or state everything",
          "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    const std::string key = make_key(shop, "ada");
    const Json other = shop.sign_in("ada");
    const std::string course_key = shop.course_login("ada");
    shop.sign_in("ada");
    SECTION("password") {
        REQUIRE(
            shop.patch("ada", "me",
                       Json{{"password", "battery staple"}, {"current_password", kPassword}}.dump())
                .status == 200);
        CHECK(shop.get("ada", "/v1/users/me").status == 200);
        CHECK(redeem(shop, key) == 201);
    }
    SECTION("role") {
        REQUIRE(shop.patch("root", "ada", R"({"role":"staff"})").status == 200);
        CHECK(shop.get("ada", "/v1/users/me").status == 401);
        CHECK(redeem(shop, key) == 401);
    }
    SECTION("state") {
        REQUIRE(shop.patch("root", "ada", R"({"active":false})").status == 200);
        CHECK(shop.get("ada", "/v1/users/me").status == 401);
        CHECK(redeem(shop, key) == 401);
    }
    CHECK_FALSE(works(shop, other));
    CHECK(shop.course(course_key, "GET", "/api/user").status == 401);
}
