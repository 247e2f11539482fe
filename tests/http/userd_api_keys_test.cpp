// API keys: made, exchanged, rotated, ended; and never more than their account and their scopes.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "http/userd_shop.hpp"
#include "userd/sessions.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

http::Response make(UserShop& shop, const std::string& who, const Json& more = Json::object()) {
    Json body = {{"name", "job"}, {"scopes", {"orders:own"}}};
    body.update(more);
    return shop.send(who, "POST", "/v1/api-keys", body.dump());
}
Json made(UserShop& shop, const std::string& who, const std::vector<std::string>& scopes) {
    const auto answer = make(shop, who, {{"scopes", scopes}});
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return json_of(answer);
}
http::Response redeem(UserShop& shop, const std::string& secret) {
    return shop.send("", "POST", "/v1/tokens", Json{{"api_key", secret}}.dump());
}
std::string token_of(UserShop& shop, const std::string& secret) {
    const auto answer = redeem(shop, secret);
    REQUIRE(answer.status == 201);
    return json_of(answer).at("access_token");
}
Json get_key(UserShop& shop, const std::string& who, const Json& key) {
    return json_of(shop.get(who, "/v1/api-keys/" + key.value("id", "")));
}

}  // namespace

TEST_CASE("api_key_create: the secret is shown once, and opens what its scopes say", "[userd]") {
    UserShop shop;
    shop.add("sam", "staff");
    const Json key = made(shop, "sam", {"users:read"});
    const std::string secret = key.at("secret");
    CHECK_THAT(secret, Catch::StartsWith("key_"));
    CHECK(key["prefix"] == secret.substr(0, 8));
    CHECK(key["expires_at"] == format_time(shop.rig().clock().now() + 24h * 90));
    CHECK_FALSE(get_key(shop, "sam", key).contains("secret"));
    const Json answer = json_of(redeem(shop, secret));
    CHECK(answer.size() == 2);
    CHECK(answer["expires_at"] == format_time(shop.rig().clock().now() + 10min));
    const std::string token = answer.at("access_token");
    const auto who = shop.rig().verifier().verify(token);
    REQUIRE(who);
    CHECK(who->role == "staff");
    CHECK(who->scopes == std::vector<std::string>{"users:read"});
    CHECK(who->session_id == key["id"]);
    CHECK(shop.send_token(token, "GET", "/v1/users").status == 200);
    CHECK(shop.send_token(token, "GET", "/v1/events").status == 403);
    CHECK(shop.send_token(token, "PATCH", "/v1/users/me", R"({"first_name":"x"})",
                          {{"if-match", "*"}})
              .status == 403);
    // In no event is more of the secret than how it begins.
    for (const auto& event : shop.events())
        CHECK(event.dump().find(secret.substr(8)) == std::string::npos);
}

TEST_CASE("api_key_create: what is wrong is named, and nothing is made", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const auto now = shop.rig().clock().now();
    const std::pair<Json, std::string> rows[] = {
        {{{"name", ""}}, "/name"},
        {{{"name", std::string(101, 'n')}}, "/name"},
        {{{"scopes", Json::array()}}, "/scopes"},
        {{{"scopes", {"orders:own", "nonsense"}}}, "/scopes/1"},
        {{{"scopes", {"stock:reserve"}}}, "/scopes/0"},
        {{{"scopes", {"cart", "cart"}}}, "/scopes/0"},
        {{{"days", 0}}, "/days"},
        {{{"days", 366}}, "/days"},
        {{{"expires_at", format_time(now)}}, "/expires_at"},
        {{{"expires_at", format_time(now + 24h * 365 + 1s)}}, "/expires_at"},
        {{{"days", 3}, {"expires_at", format_time(now + 1h)}}, "/expires_at"},
    };
    for (const auto& [fields, pointer] : rows) {
        INFO(fields.dump());
        const auto answer = make(shop, "ada", fields);
        CHECK(answer.status == 400);
        CHECK(pointer_of(answer) == pointer);
    }
    CHECK(make(shop, "ada", {{"scopes", {"users:read"}}}).status == 403);
    CHECK(make(shop, "service:orderd").status == 403);
    CHECK(make(shop, "").status == 401);
    CHECK(json_of(shop.get("ada", "/v1/api-keys"))["items"].empty());
    for (int i = 0; i < 50; ++i) REQUIRE(make(shop, "ada", {{"days", 1}}).status == 201);
    CHECK(make(shop, "ada").status == 409);
    shop.rig().clock().advance(24h);
    shop.sign_in("ada");
    CHECK(make(shop, "ada").status == 201);
}

TEST_CASE("api keys: a key manages itself and no other", "[userd]") {
    UserShop shop;
    shop.sign_in("root");
    const Json key = made(shop, "root", {"signed_in", "users:read", "users:write"});
    const Json other = made(shop, "root", {"cart"});
    const std::string token = token_of(shop, key.at("secret"));
    const auto as_key = [&](const std::string& method, const std::string& target,
                            const std::string& body = "") {
        return shop.send_token(token, method, target, body).status;
    };
    const std::string own = "/v1/api-keys/" + key.value("id", "");
    const std::string others = "/v1/api-keys/" + other.value("id", "");
    CHECK(as_key("POST", "/v1/api-keys", R"({"name":"n","scopes":["cart"]})") == 403);
    CHECK(as_key("GET", "/v1/api-keys") == 403);
    CHECK(as_key("GET", "/v1/sessions") == 403);
    CHECK(as_key("DELETE", "/v1/sessions") == 403);
    CHECK(as_key("GET", others) == 403);
    CHECK(as_key("POST", others + "/rotate", "{}") == 403);
    CHECK(as_key("DELETE", others) == 403);
    CHECK(as_key("DELETE", "/v1/sessions/" + other.value("id", "")) == 403);
    CHECK(as_key("GET", own) == 200);
    CHECK(as_key("POST", own + "/rotate", "{}") == 200);
    CHECK(as_key("DELETE", own) == 204);
    CHECK(as_key("GET", own) == 401);
    CHECK(redeem(shop, other.at("secret")).status == 201);
}

TEST_CASE("api keys: seen and ended by their owner and who may, rotated by their owner alone",
          "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    shop.add("eve");
    shop.course_login("ada");
    const Json key = made(shop, "ada", {"cart"});
    const std::string target = "/v1/api-keys/" + key.value("id", "");
    const Json rows = json_of(shop.get("ada", "/v1/api-keys"))["items"];
    REQUIRE(rows.size() == 2);
    CHECK(rows[0]["kind"] == "course");
    CHECK_THAT(rows[0].value("prefix", ""), Catch::StartsWith("key_"));
    CHECK(rows[1]["kind"] == "key");
    CHECK(json_of(shop.get("root", "/v1/api-keys?user=ada"))["items"].size() == 2);
    CHECK(shop.get("eve", "/v1/api-keys?user=ada").status == 404);
    CHECK(shop.get("eve", target).status == 404);
    CHECK(shop.send("eve", "DELETE", target).status == 404);
    CHECK(shop.get("root", target).status == 200);
    CHECK(shop.send("root", "POST", target + "/rotate", "{}").status == 404);
    const Json session = shop.sign_in("ada");
    CHECK(shop.get("ada", "/v1/api-keys/" + session.value("id", "")).status == 404);
    CHECK(shop.send("root", "DELETE", target).status == 204);
    CHECK(redeem(shop, key.at("secret")).status == 401);
}

TEST_CASE("api_key_rotate: the secret before goes on until the overlap is over", "[userd]") {
    UserShop shop;
    shop.add("ada");
    const Json key = made(shop, "ada", {"orders:own"});
    const std::string target = "/v1/api-keys/" + key.value("id", "") + "/rotate";
    const Json next = json_of(shop.send("ada", "POST", target, R"({"overlap_hours":1})"));
    CHECK(next["id"] == key["id"]);
    CHECK(next["expires_at"] == key["expires_at"]);
    CHECK(next["secret"] != key["secret"]);
    CHECK(redeem(shop, key.at("secret")).status == 201);
    CHECK(redeem(shop, next.at("secret")).status == 201);
    shop.rig().clock().advance(55min);
    // Its last token ends with it.
    CHECK(json_of(redeem(shop, key.at("secret")))["expires_at"] == next["previous_expires_at"]);
    shop.rig().clock().advance(5min);
    CHECK(redeem(shop, key.at("secret")).status == 401);
    CHECK(redeem(shop, next.at("secret")).status == 201);
    shop.sign_in("ada");
    const Json last = json_of(shop.send("ada", "POST", target, R"({"overlap_hours":0})"));
    CHECK(redeem(shop, next.at("secret")).status == 401);
    CHECK(redeem(shop, last.at("secret")).status == 201);
    CHECK(pointer_of(shop.send("ada", "POST", target, R"({"overlap_hours":169})")) ==
          "/overlap_hours");
    // A secret of before is no refresh token that was stolen.
    CHECK(shop.refresh(key.at("secret")).status == 401);
    CHECK(redeem(shop, last.at("secret")).status == 201);
    shop.rig().clock().advance(24h * 90);
    CHECK(redeem(shop, last.at("secret")).status == 401);
}

TEST_CASE("api keys: open the course's API too, and what they may there is the same", "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    const Json key = made(shop, "ada", {"signed_in", "orders:own"});
    CHECK(shop.course(key.at("secret"), "GET", "/api/user").status == 200);
    const Json known = json_of(shop.send("service:orderd", "POST", "/v1/sessions/introspect",
                                         Json{{"token", key.at("secret")}}.dump()));
    CHECK(known["active"] == true);
    CHECK(known["scopes"] == Json{"signed_in", "orders:own"});
    CHECK(shop.course("key_unknown", "GET", "/api/user").status == 401);
    CHECK(redeem(shop, shop.course_login("ada")).status == 401);
}

TEST_CASE("api keys: their last use is written once a minute", "[userd]") {
    UserShop shop(true);
    shop.add("ada");
    const Json key = made(shop, "ada", {"signed_in"});
    CHECK_FALSE(key.contains("last_used_at"));
    const auto first = shop.rig().clock().now();
    token_of(shop, key.at("secret"));
    const auto events = shop.events().size();
    shop.rig().clock().advance(59s);
    token_of(shop, key.at("secret"));
    shop.course(key.at("secret"), "GET", "/api/user");
    CHECK(get_key(shop, "ada", key)["last_used_at"] == format_time(first));
    CHECK(shop.events().size() == events);
    shop.rig().clock().advance(1s);
    shop.course(key.at("secret"), "GET", "/api/user");
    CHECK(get_key(shop, "ada", key)["last_used_at"] == format_time(first + 1min));
}

TEST_CASE("api keys: a key never may more than its account, nor more than its scopes", "[userd]") {
    UserShop shop;
    std::vector<std::string> grantable;
    for (const auto& scope : auth::grantable_scopes()) grantable.emplace_back(scope.name);
    int round = 0;
    // Which of them: a bit each.
    const auto chosen = [&](unsigned bits) {
        std::vector<std::string> scopes;
        for (std::size_t i = 0; i < grantable.size(); ++i)
            if (bits >> i & 1U) scopes.push_back(grantable[i]);
        return scopes;
    };
    const unsigned end = 1U << grantable.size();
    const bool held = rc::check("over roles of the shop's own", [&] {
        const unsigned role_bits = *rc::gen::inRange(1U, end);
        const unsigned bits = *rc::gen::oneOf(rc::gen::inRange(1U, end), rc::gen::just(role_bits));
        const auto role_scopes = chosen(role_bits), wanted = chosen(bits);
        const std::string name = "u" + std::to_string(round);
        const std::string role = "r" + std::to_string(round++ % 90);
        const Json body{{"description", ""}, {"scopes", role_scopes}};
        RC_ASSERT(shop.send("root", "PUT", "/v1/roles/" + role, body.dump()).status == 200);
        shop.add(name, role);
        const auto has = [&](const std::string& scope) {
            return scope == "signed_in" || std::ranges::count(role_scopes, scope) > 0;
        };
        const auto answer = make(shop, name, {{"scopes", wanted}});
        RC_ASSERT((answer.status == 201) == std::ranges::all_of(wanted, has));
        if (answer.status != 201) return;
        const auto who = shop.rig().verifier().verify(
            token_of(shop, json_of(answer).at("secret").get<std::string>()));
        RC_ASSERT(who.has_value());
        for (const auto& scope : grantable)
            if (scope != "signed_in")
                RC_ASSERT(who->may(scope) == (has(scope) && std::ranges::count(wanted, scope) > 0));
    });
    CHECK(held);
}

TEST_CASE("principal_of: also a key that says more than its account has may no more", "[userd]") {
    UserShop shop;
    const users::Tables tables;  // the same numbers as the app's own
    std::vector<std::string> all;
    for (const auto& scope : auth::grantable_scopes()) all.emplace_back(scope.name);
    const auto may = [&](const std::string& role, std::optional<std::vector<std::string>> scopes) {
        std::set<std::string> out;
        const api::User user{.id = "usr_1", .role = role};
        const users::SessionRecord key{.id = "apk_1", .kind = "key", .scopes = std::move(scopes)};
        REQUIRE(shop.app().service().parts().store.read(
            [&](const store::Snapshot& snapshot) -> Result<void> {
                const auto who = users::principal_of(tables, snapshot, user, key, Time{});
                for (const auto& scope : all)
                    if (scope != "signed_in" && who.may(scope)) out.insert(scope);
                return {};
            }));
        return out;
    };
    for (const char* role : {"customer", "support", "catalogue", "fulfilment"}) {
        INFO(role);
        CHECK(may(role, all) == may(role, std::nullopt));
        CHECK(may(role, std::vector<std::string>{}).empty());
        CHECK(may(role, std::vector<std::string>{"users:write", "cart"}) ==
              std::set<std::string>{"cart"});
    }
    CHECK(may("deleted", all).empty());
}
