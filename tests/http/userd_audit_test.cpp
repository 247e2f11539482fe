// The audit log of userd: sign-ins, refusals, what changed of an account, and no secret ever.
#include <catch2/catch.hpp>

#include <set>

#include "api/audit.hpp"
#include "base/random.hpp"
#include "http/userd_shop.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

Json::array_t audit_of(UserShop& shop, const std::string& query = "") {
    const auto answer = shop.get("root", "/v1/audit?limit=200" + query);
    REQUIRE(answer.status == 200);
    return json_of(answer).at("items").get<Json::array_t>();
}

Json last_of(UserShop& shop, const std::string& query = "") {
    const auto items = audit_of(shop, query);
    return items.empty() ? Json() : items.back();
}

Json::array_t refusals_of(UserShop& shop) {
    Json::array_t out;
    for (Json& record : audit_of(shop))
        if (record.value("outcome", "") == "refused") out.push_back(std::move(record));
    return out;
}

Json from_to(const Json& from, const Json& to) { return {{"from", from}, {"to", to}}; }

// All that the store's table holds, as text.
std::string raw_of(UserShop& shop, store::Table table) {
    std::string all;
    REQUIRE(shop.app().service().parts().store.read(
        [&](const store::Snapshot& snapshot) -> Result<void> {
            snapshot.scan(table, {}, [&](std::string_view, std::string_view value) {
                all.append(value).append("\n");
                return true;
            });
            return {};
        }));
    return all;
}

}  // namespace

TEST_CASE("audit: a sign-in is its account's, with the address", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    const Json record = last_of(shop, "&action=session_create");
    CHECK(record["actor"] == ada["id"]);
    CHECK(record["actor_name"] == "ada");
    CHECK(record["address"] == "127.0.0.1");
    CHECK(record["changes"]["user_id"] == from_to(nullptr, ada["id"]));
    CHECK_FALSE(record.contains("outcome"));
    shop.send("ada", "DELETE", "/v1/sessions/current");
    CHECK(last_of(shop, "&actor=ada")["action"] == "session_delete");
}

TEST_CASE("audit: a failed sign-in names the account, and never what was typed", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    CHECK(shop.try_sign_in("ADA@example.org", "guessed wrongly").status == 401);
    CHECK(shop.try_sign_in("my secret passphrase", "guessed wrongly").status == 401);
    const auto refused = refusals_of(shop);
    REQUIRE(refused.size() == 2);
    CHECK(refused[0]["action"] == "session_create");
    CHECK(refused[0]["subject"] == ada["id"]);
    CHECK(refused[0]["reason"] == "Username or password is wrong.");
    CHECK(refused[0]["address"] == "127.0.0.1");
    CHECK(refused[1]["subject"] == "");
    const auto raw = raw_of(shop, shop.app().service().parts().journal.audit);
    CHECK(raw.find("my secret passphrase") == std::string::npos);
    CHECK(raw.find("guessed wrongly") == std::string::npos);
}

TEST_CASE("audit: an account that is slowed down is noted once a minute", "[userd]") {
    UserShop shop;
    shop.add("ada");
    int failures = 0, slowed = 0;
    for (int i = 0; i < 30; ++i)
        ++(shop.try_sign_in("ada", "guessed wrongly").status == 401 ? failures : slowed);
    REQUIRE(slowed > 10);
    CHECK(refusals_of(shop).size() == static_cast<std::size_t>(failures) + 1);
    CHECK(refusals_of(shop).back()["reason"] == "slowed down after too many failures");
}

TEST_CASE("audit: a refresh token that is used twice is a refusal, then the session's end",
          "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    const Json session = shop.sign_in("ada");
    CHECK(shop.refresh(session["refresh_token"]).status == 200);
    CHECK(last_of(shop)["actor"] == ada["id"]);
    CHECK(shop.refresh(session["refresh_token"]).status == 401);
    const auto items = audit_of(shop, "&subject=" + session["id"].get<std::string>());
    REQUIRE(items.size() >= 2);
    CHECK(items[items.size() - 2]["outcome"] == "refused");
    CHECK(items[items.size() - 2]["reason"] == "a refresh token was used twice");
    CHECK(items.back()["changes"]["kind"] == from_to("token", nullptr));
}

TEST_CASE("audit: who may not is noted with the right that is missing", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    CHECK(shop.get("ada", "/v1/users").status == 403);
    CHECK(shop.patch("ada", "me", R"({"role":"admin"})").status == 403);
    CHECK(shop.get("ada", "/v1/audit").status == 403);
    CHECK(shop.get("", "/v1/audit").status == 401);
    const auto refused = refusals_of(shop);
    REQUIRE(refused.size() == 3);
    for (const Json& record : refused) CHECK(record["actor"] == ada["id"]);
    CHECK(refused[0]["reason"] == "needs the right users:read");
    CHECK(refused[1]["action"] == "user_update");
    CHECK(refused[2]["reason"] == "needs the right audit:read");
}

TEST_CASE("audit: an account's change says what was before and is after", "[userd]") {
    UserShop shop;
    const Json ada = shop.add("ada");
    const std::string id = ada["id"];
    Json record = audit_of(shop, "&subject=" + id).front();
    CHECK(record["action"] == "user_create");
    CHECK(record["changes"]["username"] == from_to(nullptr, "ada"));
    CHECK(record["changes"]["role"] == from_to(nullptr, "customer"));

    REQUIRE(shop.patch("root", "ada", R"({"role":"staff","first_name":"Ada"})").status == 200);
    record = last_of(shop, "&subject=" + id);
    CHECK(record["actor_name"] == "root");
    CHECK(record["changes"] ==
          Json{{"first_name", from_to("", "Ada")}, {"role", from_to("customer", "staff")}});

    REQUIRE(shop.patch("root", "ada", R"({"password":"another long phrase"})").status == 200);
    record = last_of(shop, "&subject=" + id);
    CHECK(record["changes"] == Json{{"password", from_to("hidden", "hidden")}});

    REQUIRE(shop.send("root", "DELETE", "/v1/users/ada").status == 204);
    record = last_of(shop, "&subject=" + id);
    CHECK(record["changes"]["email"] == from_to("ada@example.org", nullptr));
    CHECK_FALSE(record["changes"].contains("id"));
}

TEST_CASE("audit: a role's change says which rights it had and has", "[userd]") {
    UserShop shop;
    const auto put = [&](const char* scopes) {
        return shop.send("root", "PUT", "/v1/roles/packer",
                         std::string(R"({"description":"Packs","scopes":)") + scopes + "}");
    };
    REQUIRE(put(R"(["orders:read"])").status == 200);
    REQUIRE(put(R"(["orders:read","orders:fulfil"])").status == 200);
    CHECK(last_of(shop, "&subject=packer")["changes"] ==
          Json{{"scopes", from_to({"orders:read"}, {"orders:read", "orders:fulfil"})}});
    REQUIRE(shop.send("root", "DELETE", "/v1/roles/packer").status == 204);
    const Json gone = last_of(shop, "&subject=packer")["changes"];
    CHECK(gone["scopes"] == from_to({"orders:read", "orders:fulfil"}, nullptr));
    CHECK_FALSE(gone.contains("name"));
}

TEST_CASE("audit: no password, token, key or hash of one is in any record or event", "[userd]") {
    UserShop shop(true);
    std::set<std::string> secrets{kPassword, "a second password", "guessed wrongly"};
    const auto keep_all = [&](const Json& answer) {
        for (const char* name : {"access_token", "refresh_token", "key", "api_key"})
            if (answer.contains(name) && answer[name].is_string())
                secrets.insert(answer[name].get<std::string>());
    };
    shop.add("ada");
    keep_all(shop.sign_in("ada"));
    const Json session = shop.sign_in("ada");
    keep_all(session);
    keep_all(json_of(shop.refresh(session["refresh_token"])));
    shop.refresh(session["refresh_token"]);
    shop.try_sign_in("ada", "guessed wrongly");
    shop.try_sign_in("guessed wrongly", kPassword);
    const std::string key = shop.course_login("ada");
    secrets.insert(key);
    shop.course(key, "GET", "/api/user");
    shop.course(key, "GET", "/api/users");
    shop.course("no such key", "GET", "/api/user");
    shop.sign_in("ada");
    const auto made = shop.send("ada", "POST", "/v1/api-keys", R"({"name":"ci"})");
    if (made.status < 300) keep_all(json_of(made));
    shop.patch("ada", "me",
               R"({"password":"a second password","current_password":"guessed wrongly"})");
    shop.patch(
        "ada", "me",
        std::string(R"({"password":"a second password","current_password":")") + kPassword + "\"}");
    shop.send("root", "DELETE", "/v1/users/ada");

    const auto& journal = shop.app().service().parts().journal;
    REQUIRE(secrets.size() >= 7);
    const auto log = raw_of(shop, journal.audit) + raw_of(shop, journal.events);
    REQUIRE(audit_of(shop).size() > 10);
    for (const auto& secret : secrets) {
        INFO(secret);
        CHECK(log.find(secret) == std::string::npos);
        CHECK(log.find(sha256_hex(secret)) == std::string::npos);
    }
    CHECK(log.find("$argon2") == std::string::npos);
}

TEST_CASE("audit: the log and its head hold together", "[userd]") {
    UserShop shop;
    shop.add("ada");
    std::string previous;
    for (const Json& record : audit_of(shop)) {
        CHECK(record["hash"] == api::audit_link_hash(previous, record));
        previous = record["hash"];
    }
    const Json head = json_of(shop.get("root", "/v1/audit-head"));
    CHECK(head["hash"] == previous);
    const std::string signature = head["signature"];
    CHECK_FALSE(shop.rig().verifier().verify(signature));
    CHECK(shop.send_token(signature, "GET", "/v1/users/me").status == 401);
}
