// Every endpoint of userd: who may call it, what happens to bad input, and what never gets out.
#include <catch2/catch.hpp>

#include "api/endpoint.hpp"
#include "base/file.hpp"
#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;

namespace {

std::string target_of(const api::Endpoint& endpoint, const std::string& user) {
    std::string target = endpoint.path;
    for (auto at = target.find('{'); at != std::string::npos; at = target.find('{'))
        target.replace(at, target.find('}') - at + 1, user);
    return target;
}

std::string files_of(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            all += read_file(entry.path().string(), std::size_t{1} << 30).value();
    return all;
}

}  // namespace

TEST_CASE("userd: bad bodies are refused at every endpoint that takes one", "[userd]") {
    UserShop shop;
    const auto before = shop.state();
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += R"({"a":)";
    const std::string bodies[] = {"{",
                                  "[]",
                                  "7",
                                  "null",
                                  R"({"unknown":1})",
                                  deep,
                                  "{\"username\":\"\xFF\"}",
                                  R"({"username":"a","username":"b"})",
                                  R"({"username":7,"password":7,"token":7,"refresh_token":7})",
                                  "{} {}",
                                  "\xEF\xBB\xBF{}"};
    for (const auto& endpoint : api::users_service().endpoints) {
        if (endpoint.style != api::Style::json || !endpoint.request) continue;
        const std::string target = target_of(endpoint, "me");
        for (const auto& body : bodies) {
            INFO(endpoint.id << ": " << body);
            const auto answer =
                shop.send("root", endpoint.method, target, body, {{"if-match", "*"}});
            CHECK(answer.status == 400);
            CHECK(problem_type(answer) == "invalid_argument");
        }
        const auto text = shop.send("root", endpoint.method, target, "{}",
                                    {{"if-match", "*"}, {"content-type", "text/plain"}});
        CHECK(text.status == 415);
    }
    CHECK(shop.state() == before);
}

TEST_CASE("user_create: each wrong field is named and nothing is stored", "[userd]") {
    UserShop shop;
    const auto before = shop.state();
    const std::pair<Json, std::string> rows[] = {
        {{{"username", ""}}, "/username"},
        {{{"username", "Ada"}}, "/username"},
        {{{"username", "a b"}}, "/username"},
        {{{"username", std::string(41, 'a')}}, "/username"},
        {{{"username", nullptr}}, "/username"},
        {{{"email", "nobody"}}, "/email"},
        {{{"email", std::string(250, 'e') + "@example.org"}}, "/email"},
        {{{"email", true}}, "/email"},
        {{{"first_name", std::string(101, 'f')}}, "/first_name"},
        {{{"last_name", 1}}, "/last_name"},
        {{{"role", "root"}}, "/role"},
        {{{"active", "yes"}}, "/active"},
        {{{"password", "short"}}, "/password"},
        {{{"password", std::string(257, 'p')}}, "/password"},
        {{{"password", "          "}}, "/password"},
        {{{"password", "ada-lovelace"}}, "/password"},
        {{{"id", "usr_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}}, "/id"},
        {{{"number", 7}}, "/number"},
        {{{"version", 7}}, "/version"},
        {{{"admin", true}}, "/admin"},
    };
    for (const auto& [fields, pointer] : rows) {
        INFO(fields.dump());
        Json body = Json::parse(account("ada-lovelace"));
        body.update(fields);
        const auto answer = shop.create(body.dump(), "root");
        CHECK(answer.status == 400);
        CHECK(pointer_of(answer) == pointer);
    }
    for (const char* missing : {"username", "email", "password"}) {
        Json body = Json::parse(account("ada"));
        body.erase(missing);
        CHECK(pointer_of(shop.create(body.dump())) == std::string("/") + missing);
    }
    CHECK(shop.state() == before);
}

TEST_CASE("user_create: names that would stand for another account are refused", "[userd]") {
    UserShop shop;
    for (const std::string name : {"me", "1", "00042", "usr_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}) {
        const auto answer = shop.create(account(name));
        INFO(name);
        CHECK(answer.status == 400);
        CHECK(pointer_of(answer) == "/username");
    }
    CHECK(shop.create(account("4ever")).status == 201);
    CHECK(pointer_of(shop.patch("root", "4ever", R"({"username":"1"})")) == "/username");
}

TEST_CASE("userd: no secret is in an answer, an event or the store's files", "[userd]") {
    UserShop shop(true);
    const HeaderList key{{"idempotency-key", "k1"}};
    const auto made = shop.send("", "POST", "/v1/users", account("ada"), key);
    const auto signed_in = shop.try_sign_in("ada", kPassword, key);
    const Json session = json_of(signed_in);
    const std::string course_key = shop.course_login("ada");
    shop.sign_in("root");
    std::string shown = made.body + shop.get("root", "/v1/users").body;
    for (const auto& event : shop.events()) shown += event.dump();
    shown += files_of(shop.rig().folder() / "userd");
    // What is looked for would be found.
    CHECK(shown.find("ada@example.org") != std::string::npos);
    for (const std::string& secret : {std::string(kPassword), session.value("refresh_token", ""),
                                      session.value("access_token", ""), course_key})
        CHECK((!secret.empty() && shown.find(secret) == std::string::npos));
    CHECK(made.body.find("argon2") == std::string::npos);
}

TEST_CASE("session_create: an Idempotency-Key hands nobody another's session", "[userd]") {
    UserShop shop;
    const HeaderList key{{"idempotency-key", "k1"}};
    const Json first = json_of(shop.try_sign_in("root", kPassword, key));
    const Json second = json_of(shop.try_sign_in("root", kPassword, key));
    CHECK(first["id"] != second["id"]);
    CHECK(first["refresh_token"] != second["refresh_token"]);
}
