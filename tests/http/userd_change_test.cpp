// Accounts over /v1: changes, passwords, the last administrator, deletion.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;

TEST_CASE("user_update: one's own names and address", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    const auto answer =
        shop.patch("ada", "me", R"({"first_name":"Ada","username":"countess"})", "\"1\"");
    REQUIRE(answer.status == 200);
    CHECK(answer.headers.get("etag") == "\"2\"");
    const Json after = json_of(answer);
    CHECK(after["first_name"] == "Ada");
    CHECK(after["username"] == "countess");
    CHECK(after["email"] == ada["email"]);
    CHECK(after["version"] == 2);
    CHECK(json_of(shop.get("root", "/v1/users/countess")) == after);
    CHECK(shop.get("root", "/v1/users/ada").status == 404);
    CHECK(shop.events().back()["type"] == "user.updated");
    CHECK(shop.events().back()["data"] == after);
    // The name is free again.
    Json body = Json::parse(account("ada"));
    body["email"] = "second@example.org";
    CHECK(shop.create(body.dump()).status == 201);
}

TEST_CASE("user_update: versions guard it", "[userd]") {
    UserShop shop;
    shop.add("ada");
    CHECK(shop.patch("ada", "me", R"({"last_name":"L"})", "").status == 428);
    CHECK(shop.patch("ada", "me", R"({"last_name":"L"})", "nonsense").status == 400);
    CHECK(shop.patch("ada", "me", R"({"last_name":"L"})", "\"1\"").status == 200);
    const auto stale = shop.patch("ada", "me", R"({"last_name":"M"})", "\"1\"");
    CHECK(stale.status == 412);
    CHECK(json_of(shop.get("ada", "/v1/users/me"))["last_name"] == "L");
}

TEST_CASE("user_update: what a patch may not hold", "[userd]") {
    UserShop shop;
    shop.add("ada");
    shop.add("eve");
    const auto before = shop.state();
    const std::pair<const char*, const char*> rows[] = {
        {R"({"id":"x"})", "/id"},
        {R"({"number":1})", "/number"},
        {R"({"version":9})", "/version"},
        {R"({"username":null})", "/username"},
        {R"({"email":"none"})", "/email"},
        {R"({"active":1})", "/active"},
        {R"({"role":"king"})", "/role"},
        {R"({"created_at":"2026-01-01T00:00:00Z"})", "/created_at"},
        {R"({"password":""})", "/password"}};
    for (const auto& [body, pointer] : rows) {
        const auto answer = shop.patch("root", "eve", body);
        INFO(body);
        CHECK(answer.status == 400);
        CHECK(pointer_of(answer) == pointer);
    }
    CHECK(pointer_of(shop.patch("eve", "me", R"({"username":"ada"})")) == "/username");
    const std::string taken = R"({"email":"ADA@example.org","current_password":"correct horse"})";
    const auto email = shop.patch("eve", "me", taken);
    CHECK(email.status == 409);
    CHECK(pointer_of(email) == "/email");
    CHECK(shop.state() == before);
    // One's own address in other letters is no conflict.
    CHECK(shop.patch("ada", "me", R"({"email":"ADA@example.org"})").status == 200);
}

TEST_CASE("user_update: role and state are the administrator's", "[userd]") {
    UserShop shop;
    shop.add("ada");
    shop.add("sam", "staff");
    CHECK(shop.patch("ada", "me", R"({"role":"admin"})").status == 403);
    CHECK(shop.patch("ada", "me", R"({"active":false})").status == 403);
    CHECK(shop.patch("sam", "me", R"({"role":"admin"})").status == 403);
    CHECK(shop.patch("ada", "me", R"({"role":"customer","active":true})").status == 200);

    CHECK(shop.patch("root", "ada", R"({"role":"staff"})").status == 200);
    CHECK(json_of(shop.get("root", "/v1/users?role=staff"))["items"].size() == 2);
    // The token says a role that is not held any more.
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    shop.sign_in("ada");
    CHECK(shop.get("ada", "/v1/users").status == 200);
    CHECK(shop.patch("root", "ada", R"({"active":false})").status == 200);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    CHECK(shop.try_sign_in("ada").status == 401);
    CHECK(shop.patch("root", "ada", R"({"active":true})").status == 200);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);  // its sessions ended
    CHECK(shop.try_sign_in("ada").status == 201);
}

TEST_CASE("userd: the last active administrator stays", "[userd]") {
    UserShop shop;
    shop.add("second", "admin");
    CHECK(shop.patch("root", "second", R"({"active":false})").status == 200);
    const auto before = shop.state();
    for (const char* body : {R"({"role":"staff"})", R"({"active":false})"}) {
        const auto answer = shop.patch("root", "me", body);
        CHECK(answer.status == 409);
        CHECK(problem_type(answer) == "conflict");
        CHECK_THAT(detail_of(answer), Catch::Contains("last administrator"));
    }
    CHECK(shop.send("root", "DELETE", "/v1/users/me").status == 409);
    CHECK(shop.state() == before);
    CHECK(shop.patch("root", "second", R"({"active":true})").status == 200);
    CHECK(shop.send("root", "DELETE", "/v1/users/me").status == 204);
}

TEST_CASE("user_update: who gives up a role signs in again with the lesser one", "[userd]") {
    UserShop shop;
    shop.add("second", "admin");
    const Json session = shop.sign_in("root");
    CHECK(shop.patch("root", "me", R"({"role":"staff"})").status == 200);
    CHECK(shop.get("root", "/v1/users/me").status == 401);
    CHECK(shop.refresh(session["refresh_token"]).status == 401);
    CHECK(shop.sign_in("root")["user"]["role"] == "staff");
}

TEST_CASE("userd: two administrators who demote each other at once leave one", "[userd]") {
    UserShop shop;
    shop.add("second", "admin");
    std::atomic<int> done = 0;
    const auto demote = [&](const std::string& who, const std::string& whom) {
        if (shop.patch(who, whom, R"({"role":"staff"})").status == 200) ++done;
    };
    std::thread one(demote, "root", "second");
    std::thread two(demote, "second", "root");
    one.join();
    two.join();
    CHECK(done == 1);
}

TEST_CASE("user_update: one's own password needs the one so far", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const auto other = shop.sign_in("ada");
    const auto mine = shop.sign_in("ada");
    const std::string patch = R"({"password":"battery staple"})";
    CHECK(pointer_of(shop.patch("ada", "me", patch)) == "/current_password");
    const std::string wrong = R"({"password":"battery staple","current_password":"not this"})";
    CHECK(pointer_of(shop.patch("ada", "me", wrong)) == "/current_password");
    const std::string weak = R"({"password":"short","current_password":"correct horse"})";
    CHECK(pointer_of(shop.patch("ada", "me", weak)) == "/password");
    CHECK(shop.try_sign_in("ada", "battery staple").status == 401);

    const std::string right = R"({"password":"battery staple","current_password":"correct horse"})";
    const auto changed = shop.patch("ada", "me", right);
    REQUIRE(changed.status == 200);
    CHECK(changed.body.find("battery") == std::string::npos);
    CHECK(shop.try_sign_in("ada").status == 401);
    CHECK(shop.try_sign_in("ada", "battery staple").status == 201);
    // This session goes on, the others are over.
    CHECK(shop.get("ada", "/v1/users/me").status == 200);
    CHECK(shop.send_token(other["access_token"], "GET", "/v1/users/me").status == 401);
    CHECK(shop.refresh(other["refresh_token"]).status == 401);
    CHECK(shop.refresh(mine["refresh_token"]).status == 200);
}

TEST_CASE("user_update: guessing the password so far is slowed down", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const std::string wrong = R"({"password":"battery staple","current_password":"not this"})";
    for (int i = 0; i < 5; ++i) CHECK(shop.patch("ada", "me", wrong).status == 400);
    const auto slowed = shop.patch("ada", "me", wrong);
    CHECK(slowed.status == 429);
    CHECK(slowed.headers.get("retry-after") == "1");
}

TEST_CASE("user_update: an administrator sets another's password, not one's own", "[userd]") {
    UserShop shop;
    const Json root = json_of(shop.get("root", "/v1/users/me"));
    shop.add("ada");
    CHECK(shop.patch("root", "ada", R"({"password":"battery staple"})").status == 200);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    CHECK(shop.try_sign_in("ada", "battery staple").status == 201);
    CHECK(shop.get("root", "/v1/users/me").status == 200);
    for (const std::string& ref : {std::string("me"), root.value("id", "")})
        CHECK(pointer_of(shop.patch("root", ref, R"({"password":"battery staple"})")) ==
              "/current_password");
}

TEST_CASE("user_delete: the account, its password and its sessions go", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    const auto session = shop.sign_in("ada");
    REQUIRE(shop.send("ada", "DELETE", "/v1/users/me").status == 204);
    const Json event = shop.events().back();
    CHECK(event["type"] == "user.deleted");
    CHECK(event["data"]["id"] == ada["id"]);
    const auto ended = std::ranges::count_if(
        shop.events(), [](const Json& e) { return e["type"] == "session.ended"; });
    CHECK(ended == 2);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    CHECK(shop.refresh(session["refresh_token"]).status == 401);
    CHECK(shop.try_sign_in("ada").status == 401);
    CHECK(shop.get("root", "/v1/users/ada").status == 404);
    CHECK(shop.send("root", "DELETE", "/v1/users/ada").status == 404);
    // The name is free, the number is not given again.
    CHECK(shop.add("ada")["number"] == 3);
    CHECK(shop.send("root", "DELETE", "/v1/users/3").status == 204);
}
