// Accounts over /v1: register, read, list, change, delete.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;

TEST_CASE("user_create: anybody registers as a customer", "[userd]") {
    UserShop shop;
    const auto made = shop.create(account("ada", R"("first_name":"Ada","last_name":"L")"));
    REQUIRE(made.status == 201);
    const Json user = json_of(made);
    CHECK(user["username"] == "ada");
    CHECK(user["role"] == "customer");
    CHECK(user["active"] == true);
    CHECK(user["number"] == 2);  // root has 1
    CHECK(user["version"] == 1);
    CHECK(made.headers.get("etag") == "\"1\"");
    CHECK(made.headers.get("location") == "/v1/users/" + user.value("id", ""));
    const auto events = shop.events();
    const auto& event = events.at(events.size() - 2);
    CHECK(events.back()["type"] == "email_verification.requested");
    CHECK(event["type"] == "user.created");
    CHECK(event["subject"] == user["id"]);
    CHECK(event["data"] == user);
    shop.sign_in("ada");
    CHECK(json_of(shop.get("ada", "/v1/users/me")) == user);
}

TEST_CASE("user_create: only an administrator gives roles or makes inactive accounts", "[userd]") {
    UserShop shop;
    shop.add("cus");
    shop.add("sta", "staff");
    const auto before = shop.state();
    for (const std::string who : {"", "cus", "sta"})
        for (const char* more : {R"("role":"staff")", R"("role":"admin")", R"("active":false)"}) {
            const auto answer = shop.create(account("eve", more), who);
            CHECK(answer.status == 403);
            CHECK(problem_type(answer) == "permission_denied");
        }
    CHECK(shop.state() == before);
    CHECK(shop.create(account("sam", R"("role":"staff")"), "root").status == 201);
    CHECK(shop.create(account("off", R"("active":false)"), "root").status == 201);
    CHECK(shop.try_sign_in("off").status == 401);
    CHECK(shop.send_token("nonsense", "POST", "/v1/users", account("eve")).status == 401);
}

TEST_CASE("user_create: a taken username or e-mail address is named", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const auto before = shop.state();
    Json body = Json::parse(account("ada"));
    body["email"] = "other@example.org";
    const auto name = shop.create(body.dump());
    CHECK(name.status == 409);
    CHECK(problem_type(name) == "already_exists");
    CHECK(pointer_of(name) == "/username");
    body["username"] = "eve";
    body["email"] = "ADA@Example.ORG";
    const auto email = shop.create(body.dump());
    CHECK(email.status == 409);
    CHECK(pointer_of(email) == "/email");
    CHECK(shop.state() == before);
}

TEST_CASE("user_create: the same call under one Idempotency-Key makes one account", "[userd]") {
    UserShop shop;
    const HeaderList key{{"idempotency-key", "k1"}};
    const auto first = shop.send("", "POST", "/v1/users", account("ada"), key);
    const auto second = shop.send("", "POST", "/v1/users", account("ada"), key);
    CHECK(second.status == 201);
    CHECK(second.body == first.body);
    CHECK(second.headers.get("location") == first.headers.get("location"));
    const auto other = shop.send("", "POST", "/v1/users", account("bob"), key);
    CHECK(other.status == 422);
    CHECK(problem_type(other) == "idempotency_mismatch");
}

TEST_CASE("user_create: of many at once under one name one gets it", "[userd]") {
    UserShop shop;
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            auto answer = shop.create(account("ada"));
            // On few cores some find too many that hash.
            for (int tries = 0; answer.status == 503 && tries < 1000; ++tries)
                answer = shop.create(account("ada"));
            if (answer.status == 201) ++made;
            if (answer.status == 409) ++refused;
        });
    for (auto& thread : threads) thread.join();
    CHECK(made == 1);
    CHECK(refused == 7);
}

TEST_CASE("user_get: by id, number, username and me", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    for (const std::string& ref : {ada.value("id", ""), std::string("2"), std::string("ada")}) {
        INFO(ref);
        CHECK(json_of(shop.get("ada", "/v1/users/" + ref)) == ada);
        CHECK(json_of(shop.get("root", "/v1/users/" + ref)) == ada);
    }
    CHECK(json_of(shop.get("ada", "/v1/users/me")) == ada);
    CHECK(json_of(shop.get("root", "/v1/users/me"))["number"] == 1);
    const auto same = shop.send("ada", "GET", "/v1/users/me", "", {{"if-none-match", "\"1\""}});
    CHECK(same.status == 304);
    for (const std::string& ref :
         {std::string("none"), std::string("999"), std::string("-1"), std::string(600, 'x'),
          std::string("usr_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"), std::string("%C3%A4")}) {
        INFO(ref);
        CHECK(shop.get("root", "/v1/users/" + ref).status == 404);
    }
    CHECK(shop.get("service:orderd", "/v1/users/me").status == 404);
}

TEST_CASE("userd: another's account is as if it were not there", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    shop.add("eve");
    shop.add("sam", "staff");
    const auto before = shop.state();
    for (const std::string& ref : {ada.value("id", ""), std::string("2"), std::string("ada")}) {
        const auto there = shop.get("eve", "/v1/users/" + ref);
        CHECK(there.status == 404);
        CHECK(problem_type(there) == "not_found");
        for (const std::string who : {"eve", "sam"}) {
            CHECK(shop.patch(who, ref, R"({"first_name":"X"})").status == 404);
            CHECK(shop.send(who, "DELETE", "/v1/users/" + ref).status == 404);
        }
    }
    const auto nobody = detail_of(shop.get("eve", "/v1/users/bob"));
    CHECK(nobody == "There is no account bob.");
    CHECK(detail_of(shop.get("eve", "/v1/users/ada")) == "There is no account ada.");
    CHECK(shop.get("sam", "/v1/users/ada").status == 200);
    CHECK(shop.state() == before);
}

TEST_CASE("user_list: pages by number, of all and of one role", "[userd]") {
    UserShop shop;
    for (int i = 0; i < 5; ++i) shop.create(account(fmt::format("user{}", i)));
    shop.add("sam", "staff");
    const auto numbers = [&](const std::string& query) {
        std::vector<int> out;
        std::string target = "/v1/users?" + query;
        for (int page = 0; page < 10; ++page) {
            const auto answer = shop.get("root", target);
            const Json body = json_of(answer);
            for (const auto& item : body["items"]) out.push_back(item["number"]);
            CHECK(answer.headers.get("link").has_value() == body.contains("next_cursor"));
            if (!body.contains("next_cursor")) break;
            target = "/v1/users?" + query + "&cursor=" + body.value("next_cursor", "");
        }
        return out;
    };
    CHECK(numbers("limit=2") == std::vector<int>{1, 2, 3, 4, 5, 6, 7});
    CHECK(numbers("limit=7") == std::vector<int>{1, 2, 3, 4, 5, 6, 7});
    CHECK(numbers("limit=2&role=customer") == std::vector<int>{2, 3, 4, 5, 6});
    CHECK(numbers("role=staff") == std::vector<int>{7});
    CHECK(json_of(shop.get("sam", "/v1/users"))["items"].size() == 7);
}

TEST_CASE("user_list: bad questions are refused", "[userd]") {
    UserShop shop;
    for (const char* query : {"limit=0", "limit=201", "limit=x", "role=root", "cursor=!",
                              "cursor=", "sort=name", "limit=1&limit=2", "role=%FF"}) {
        INFO(query);
        CHECK(shop.get("root", std::string("/v1/users?") + query).status == 400);
    }
    // A cursor that nobody handed out is a position like any other.
    const std::string far(800, 'z');
    CHECK(json_of(shop.get("root", "/v1/users?cursor=" + far))["items"].empty());
    CHECK(shop.get("root", "/v1/users?role=admin&cursor=" + far).status == 200);
}
