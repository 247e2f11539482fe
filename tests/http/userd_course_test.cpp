// The course's API of the user service, call by call.
#include <catch2/catch.hpp>

#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

const std::string kForm =
    "username=ada&email=ada%40example.org&first_name=Ada&last_name=King+L&password=correct+horse";

Json user_json(const Json& key) {
    return {{"id", 2},
            {"username", "ada"},
            {"email", "ada@example.org"},
            {"first_name", "Ada"},
            {"last_name", "King L"},
            {"api_key", key},
            {"is_active", true},
            {"is_admin", false}};
}

Json message(const std::string& text) { return {{"message", text}}; }

}  // namespace

TEST_CASE("course: create, log in, look, log out", "[userd][course]") {
    UserShop shop(true);
    const auto made = shop.course("", "POST", "/api/user/create", kForm);
    REQUIRE(made.status == 200);
    CHECK(json_of(made) == Json{{"message", "User added"}, {"result", user_json(nullptr)}});

    const auto in =
        shop.course("", "POST", "/api/user/login", "username=ada&password=correct+horse");
    REQUIRE(in.status == 200);
    CHECK(json_of(in).size() == 2);
    CHECK(json_of(in)["message"] == "Logged in");
    const std::string key = json_of(in)["api_key"];

    CHECK(json_of(shop.course(key, "GET", "/api/user")) == Json{{"result", user_json(key)}});
    const auto out = shop.course(key, "POST", "/api/user/logout");
    CHECK(out.status == 200);
    CHECK(json_of(out) == message("You are logged out"));
    const auto after = shop.course(key, "GET", "/api/user");
    CHECK(after.status == 401);
    CHECK(json_of(after) == message("Not logged in"));
    for (const std::string& dead : {key, std::string("nonsense"), std::string()}) {
        const auto again = shop.course(dead, "POST", "/api/user/logout");
        CHECK(again.status == 200);
        CHECK(json_of(again) == message("You are not logged in"));
    }
}

TEST_CASE("course: a multipart form creates as well", "[userd][course]") {
    UserShop shop(true);
    std::string body;
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"username", "ada"}, {"email", "ada@example.org"}, {"password", kPassword}})
        body +=
            "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    body += "--x--\r\n";
    const auto made =
        shop.rig().send_raw(shop.app().service(), "", "POST", "/api/user/create", body,
                            {{"content-type", "multipart/form-data; boundary=x"}});
    CHECK(made.status == 200);
    CHECK(json_of(made)["result"]["first_name"] == "");
    shop.course_login("ada");
}

TEST_CASE("course: creation refuses with a message and stores nothing", "[userd][course]") {
    UserShop shop(true);
    REQUIRE(shop.course("", "POST", "/api/user/create", kForm).status == 200);
    const auto before = shop.state();
    const auto taken = shop.course("", "POST", "/api/user/create", kForm);
    CHECK(taken.status == 409);
    CHECK_THAT(json_of(taken)["message"].get<std::string>(), Catch::Contains("taken"));
    for (const char* form :
         {"username=eve&email=eve%40example.org&password=", "username=eve&email=eve%40example.org",
          "username=eve&email=eve%40example.org&password=short",
          "username=&email=eve%40example.org&password=correct+horse",
          "username=eve&email=eve&password=correct+horse",
          "username=eve&email=eve%40example.org&password=correct+horse&is_admin=true",
          "username=eve&username=bob&email=eve%40example.org&password=correct+horse",
          "username=%FF&email=eve%40example.org&password=correct+horse", "%", "username"}) {
        INFO(form);
        const auto answer = shop.course("", "POST", "/api/user/create", form);
        CHECK(answer.status == 400);
        CHECK_FALSE(json_of(answer)["message"].get<std::string>().empty());
    }
    const auto json = shop.rig().send_raw(shop.app().service(), "", "POST", "/api/user/create",
                                          account("eve"), {{"content-type", "application/json"}});
    CHECK(json.status == 415);
    CHECK(shop.state() == before);
}

TEST_CASE("course: a login that fails is not logged in, however often", "[userd][course]") {
    UserShop shop(true);
    shop.add("ada");
    for (int i = 0; i < 6; ++i) {
        const auto answer =
            shop.course("", "POST", "/api/user/login", "username=ada&password=wrong+one");
        CHECK(answer.status == 401);
        CHECK(json_of(answer) == message("Not logged in"));
    }
    // Slowed down for /v1 as well.
    CHECK(shop.try_sign_in("ada").status == 429);
    CHECK(shop.course("", "POST", "/api/user/login", "username=x&password=wrong+one").status ==
          401);
    CHECK(shop.course("", "POST", "/api/user/login", "username=ada").status == 400);
}

TEST_CASE("course: whether a username is taken", "[userd][course]") {
    UserShop shop(true);
    shop.add("ada");
    const auto there = shop.course("", "GET", "/api/user/ada/exists");
    CHECK(there.status == 200);
    CHECK(json_of(there) == Json{{"result", true}});
    for (const std::string& name : {std::string("eve"), std::string(600, 'x')}) {
        const auto answer = shop.course("", "GET", "/api/user/" + name + "/exists");
        CHECK(answer.status == 404);
        CHECK(json_of(answer) == message("Cannot find username"));
    }
}

TEST_CASE("course: all users are for an administrator's key, without keys", "[userd][course]") {
    UserShop shop(true);
    shop.add("ada");
    shop.add("sam", "staff");
    const std::string own = shop.course_login("ada");
    CHECK(shop.course("", "GET", "/api/users").status == 401);
    CHECK(shop.course("nonsense", "GET", "/api/users").status == 401);
    CHECK(shop.course(own, "GET", "/api/users").status == 403);
    CHECK(shop.course(shop.course_login("sam"), "GET", "/api/users").status == 403);
    const auto all = shop.course(shop.course_login("root"), "GET", "/api/users");
    REQUIRE(all.status == 200);
    const Json users = json_of(all);
    REQUIRE(users.size() == 3);
    CHECK(users[0]["is_admin"] == true);
    CHECK(users[1]["username"] == "ada");
    for (const auto& user : users) {
        CHECK(user["api_key"].is_null());
        CHECK(user.size() == 8);
    }
}

TEST_CASE("course: keys and tokens do not stand for each other", "[userd][course]") {
    UserShop shop(true);
    const std::string token = shop.sign_in("root")["access_token"];
    const std::string key = shop.course_login("root");
    CHECK(shop.course(token, "GET", "/api/user").status == 401);
    CHECK(shop.send_token(key, "GET", "/v1/users/me").status == 401);
    const auto bearer =
        shop.rig().send_raw(shop.app().service(), "Bearer " + key, "GET", "/api/user");
    CHECK(bearer.status == 401);
}

TEST_CASE("course: a key ends after thirty days, and with its account's standing",
          "[userd][course]") {
    UserShop shop(true);
    shop.add("ada");
    std::string key = shop.course_login("ada");
    shop.rig().clock().advance(24h * 30 - 1s);
    CHECK(shop.course(key, "GET", "/api/user").status == 200);
    shop.rig().clock().advance(1s);
    CHECK(shop.course(key, "GET", "/api/user").status == 401);
    key = shop.course_login("ada");
    shop.sign_in("root");
    CHECK(shop.patch("root", "ada", R"({"active":false})").status == 200);
    CHECK(shop.course(key, "GET", "/api/user").status == 401);
}

TEST_CASE("course: where it is switched off, nothing is there", "[userd][course]") {
    UserShop shop(false);
    CHECK(shop.course("", "POST", "/api/user/create", kForm).status == 404);
    CHECK(shop.course("", "GET", "/api/users").status == 404);
    CHECK(shop.course("", "GET", "/api/user/root/exists").status == 404);
}
