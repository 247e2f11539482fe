// The second factor of a sign-in over /v1: set it up, sign in with codes, lose the app.
#include <catch2/catch.hpp>

#include "auth/totp.hpp"
#include "base/text.hpp"
#include "http/userd_shop.hpp"
#include "userd/backoff.hpp"
#include "userd/second_factor.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kPath = "/v1/second-factor";

struct FactorShop : UserShop {
    using UserShop::UserShop;

    std::string code_at(const std::string& secret, int steps = 0) {
        return auth::totp_code(secret, auth::totp_step(rig().clock().now()) + steps);
    }
    // The code of a step that was not used yet.
    std::string next_code(const std::string& secret) {
        rig().clock().advance(30s);
        return code_at(secret);
    }
    http::Response post(const std::string& who, const std::string& path, const Json& body) {
        return send(who, "POST", kPath + path, body.dump());
    }
    std::string start_factor(const std::string& who) {
        const auto answer = post(who, "", {{"password", kPassword}});
        REQUIRE(answer.status == 200);
        return json_of(answer)["secret"];
    }
    // The secret and the recovery codes.
    std::pair<std::string, std::vector<std::string>> enable(const std::string& who) {
        const std::string secret = start_factor(who);
        const auto answer = post(who, "/confirm", {{"code", code_at(secret)}});
        REQUIRE(answer.status == 200);
        return {secret, json_of(answer)["recovery_codes"].get<std::vector<std::string>>()};
    }
    http::Response sign_in_with(const std::string& name, const std::string& code,
                                const std::string& password = kPassword) {
        return send("", "POST", "/v1/sessions",
                    Json{{"username", name}, {"password", password}, {"code", code}}.dump());
    }
    Json state_of(const std::string& who) { return json_of(get(who, kPath)); }
    std::vector<std::string> event_types() {
        std::vector<std::string> types;
        for (const Json& event : events()) types.push_back(event["type"]);
        return types;
    }
};

Json off() { return {{"enabled", false}, {"recovery_codes_left", 0}, {"required", false}}; }

}  // namespace

TEST_CASE("second factor: set up with the password, in force once a code was right", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    CHECK(shop.state_of("ada") == off());
    const auto wrong = shop.post("ada", "", {{"password", "not this one"}});
    CHECK(wrong.status == 400);
    CHECK(pointer_of(wrong) == "/password");
    CHECK(shop.post("ada", "/confirm", {{"code", "123456"}}).status == 409);

    const auto made = json_of(shop.post("ada", "", {{"password", kPassword}}));
    const std::string secret = made["secret"];
    CHECK(made["uri"] == auth::totp_uri(secret, "shop", "ada"));
    CHECK(shop.state_of("ada") == off());
    CHECK(shop.try_sign_in("ada").status == 201);
    // A second start replaces the first.
    const std::string other = shop.start_factor("ada");
    CHECK(pointer_of(shop.post("ada", "/confirm", {{"code", shop.code_at(secret)}})) == "/code");
    CHECK(shop.try_sign_in("ada").status == 201);

    const auto on = shop.post("ada", "/confirm", {{"code", shop.code_at(other)}});
    REQUIRE(on.status == 200);
    const auto codes = json_of(on)["recovery_codes"];
    CHECK(codes.size() == users::kRecoveryCodes);
    CHECK(codes[0].get<std::string>().size() == 14);
    CHECK(codes[0] != codes[1]);
    CHECK(shop.state_of("ada") ==
          Json{{"enabled", true}, {"recovery_codes_left", 10}, {"required", false}});
    CHECK(shop.post("ada", "/confirm", {{"code", shop.next_code(other)}}).status == 409);
    CHECK(shop.post("ada", "", {{"password", kPassword}}).status == 409);
}

TEST_CASE("second factor: a sign-in needs the code, and says so only after the password",
          "[userd]") {
    FactorShop shop;
    shop.add("ada");
    const auto [secret, codes] = shop.enable("ada");
    const auto none = shop.try_sign_in("ada", "battery staple");
    CHECK(none.status == 401);
    CHECK(pointer_of(none).empty());
    CHECK(detail_of(none) == detail_of(shop.try_sign_in("nobody")));
    // The right code does not help a wrong password.
    const auto coded = shop.sign_in_with("ada", shop.next_code(secret), "battery staple");
    CHECK(coded.body.find("code") == std::string::npos);

    const auto missing = shop.try_sign_in("ada");
    CHECK(missing.status == 401);
    CHECK(pointer_of(missing) == "/code");
    CHECK_THAT(missing.body, Catch::Contains("authenticator app, or a recovery code"));
    const auto bad = shop.sign_in_with("ada", shop.code_at(secret, 5));
    CHECK(bad.status == 401);
    CHECK(pointer_of(bad) == "/code");
    CHECK(pointer_of(shop.sign_in_with("ada", "12345")) == "/code");
    CHECK(shop.sign_in_with("ada", shop.code_at(secret)).status == 201);
    // An account without one passes over a code.
    CHECK(shop.sign_in_with("root", "123456").status == 201);
}

TEST_CASE("second factor: a code works once, and one step to each side of now", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    const auto [secret, codes] = shop.enable("ada");
    // The one that confirmed it is used up.
    CHECK(shop.sign_in_with("ada", shop.code_at(secret)).status == 401);
    shop.rig().clock().advance(90s);
    CHECK(shop.sign_in_with("ada", shop.code_at(secret, -2)).status == 401);
    CHECK(shop.sign_in_with("ada", shop.code_at(secret, 2)).status == 401);
    CHECK(shop.sign_in_with("ada", shop.code_at(secret, -1)).status == 201);
    CHECK(shop.sign_in_with("ada", shop.code_at(secret, -1)).status == 401);
    const std::string ahead = shop.code_at(secret, 1);
    CHECK(shop.sign_in_with("ada", ahead.substr(0, 3) + " " + ahead.substr(3)).status == 201);
    // What was before it went with it.
    CHECK(shop.sign_in_with("ada", shop.code_at(secret)).status == 401);
    CHECK(shop.sign_in_with("ada", ahead).status == 401);
    shop.restart();
    CHECK(shop.sign_in_with("ada", ahead).status == 401);
    shop.rig().clock().advance(60s);
    CHECK(shop.sign_in_with("ada", shop.code_at(secret)).status == 201);
}

TEST_CASE("second factor: a recovery code works once, as people type it", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    const auto [secret, codes] = shop.enable("ada");
    CHECK(shop.sign_in_with("ada", to_upper(codes[3])).status == 201);
    CHECK(shop.state_of("ada")["recovery_codes_left"] == 9);
    CHECK(shop.sign_in_with("ada", codes[3]).status == 401);
    std::string bare = codes[4];
    std::erase(bare, '-');
    CHECK(shop.sign_in_with("ada", bare).status == 201);
    CHECK_THAT(shop.event_types(), Catch::VectorContains(std::string("user.recovery_code_used")));

    // New ones need a code and end the former.
    CHECK(pointer_of(shop.post("ada", "/recovery-codes", {{"code", codes[3]}})) == "/code");
    const auto renewed = shop.post("ada", "/recovery-codes", {{"code", codes[5]}});
    REQUIRE(renewed.status == 200);
    CHECK(shop.state_of("ada")["recovery_codes_left"] == 10);
    CHECK(shop.sign_in_with("ada", codes[6]).status == 401);
    CHECK(shop.sign_in_with("ada", json_of(renewed)["recovery_codes"][0]).status == 201);
}

TEST_CASE("second factor: wrong codes are slowed down, a right password forgives none", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    const auto [secret, codes] = shop.enable("ada");
    for (int i = 0; i < users::kFailuresFree; ++i) {
        CHECK(shop.sign_in_with("ada", "000000").status == 401);
        // It takes nothing back, and counts nothing.
        if (i + 1 < users::kFailuresFree) CHECK(pointer_of(shop.try_sign_in("ada")) == "/code");
    }
    CHECK(shop.sign_in_with("ada", shop.next_code(secret)).status == 201);  // 30 s later
    for (int i = 0; i < users::kFailuresFree; ++i) {
        const bool disable = i % 2 == 0;
        CHECK(shop.post("ada", disable ? "/disable" : "/recovery-codes", {{"code", "000000"}})
                  .status == 400);
    }
    CHECK(shop.post("ada", "/disable", {{"code", codes[0]}}).status == 429);
    CHECK(shop.sign_in_with("ada", codes[0]).status == 429);
    shop.rig().clock().advance(1s);
    CHECK(shop.post("ada", "/disable", {{"code", codes[0]}}).status == 204);
}

TEST_CASE("second factor: guesses of the password that sets it up are slowed down", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    for (int i = 0; i < users::kFailuresFree; ++i)
        CHECK(shop.post("ada", "", {{"password", "not this one"}}).status == 400);
    CHECK(shop.post("ada", "", {{"password", kPassword}}).status == 429);
}

TEST_CASE("second factor: disabled with a code, the password alone signs in", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    CHECK(shop.post("ada", "/disable", {{"code", "123456"}}).status == 409);
    CHECK(shop.post("ada", "/recovery-codes", {{"code", "123456"}}).status == 409);
    const auto [secret, codes] = shop.enable("ada");
    CHECK(pointer_of(shop.post("ada", "/disable", Json::object())) == "/code");
    CHECK(pointer_of(shop.post("ada", "/disable", {{"code", shop.code_at(secret)}})) == "/code");
    CHECK(shop.post("ada", "/disable", {{"code", shop.next_code(secret)}}).status == 204);
    CHECK(shop.state_of("ada") == off());
    CHECK(shop.try_sign_in("ada").status == 201);
    const auto types = shop.event_types();
    for (const std::string type : {"user.second_factor_started", "user.second_factor_enabled",
                                   "user.second_factor_disabled"})
        CHECK_THAT(types, Catch::VectorContains(type));
}

TEST_CASE("second factor: what is kept and told holds no secret", "[userd]") {
    FactorShop shop;
    const std::string ada = shop.add("ada")["id"];
    const auto [secret, codes] = shop.enable("ada");
    const std::string shown = Json(shop.events()).dump() + shop.get("ada", "/v1/users/me").body +
                              shop.get("ada", kPath).body;
    CHECK(shown.find(secret) == std::string::npos);
    const users::Tables tables;
    std::string kept;
    REQUIRE(shop.app().service().parts().store.read([&](const store::Snapshot& snapshot) {
        kept = tables.second_factors.raw(snapshot, ada).value();
        return Result<void>();
    }));
    for (const auto& code : codes) {
        CHECK(shown.find(code) == std::string::npos);
        CHECK(kept.find(code) == std::string::npos);
    }
    CHECK(kept.find(secret) != std::string::npos);
}

TEST_CASE("second factor: an administrator takes it off another's account", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    shop.add("sam", "staff");
    shop.enable("ada");
    const std::string target = "/v1/users/ada/second-factor";
    CHECK(shop.send("sam", "DELETE", target).status == 403);
    CHECK(shop.send("ada", "DELETE", target).status == 403);
    CHECK(shop.send("root", "DELETE", "/v1/users/nobody/second-factor").status == 404);
    CHECK(shop.send("root", "DELETE", target).status == 204);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);  // its sessions ended
    CHECK(shop.try_sign_in("ada").status == 201);
    CHECK_THAT(shop.event_types(), Catch::VectorContains(std::string("user.second_factor_reset")));
    const auto events = shop.events().size();
    CHECK(shop.send("root", "DELETE", target).status == 204);
    CHECK(shop.events().size() == events);
    // One's own needs a code.
    shop.enable("root");
    CHECK(shop.send("root", "DELETE", "/v1/users/root/second-factor").status == 409);
}

TEST_CASE("second factor: who may change accounts takes it off none with more rights", "[userd]") {
    FactorShop shop;
    REQUIRE(shop.send("root", "PUT", "/v1/roles/helper",
                      R"({"scopes":["signed_in","users:read","users:write"]})")
                .status == 200);
    shop.add("hal", "helper");
    shop.enable("root");
    CHECK(shop.send("hal", "DELETE", "/v1/users/root/second-factor").status == 403);
    CHECK(shop.state_of("root")["enabled"] == true);
}

TEST_CASE("second factor: it goes with its account, and the course has no login with one",
          "[userd][course]") {
    FactorShop shop(true);
    shop.add("ada");
    const std::string key = shop.course_login("ada");
    const auto [secret, codes] = shop.enable("ada");
    for (int i = 0; i < users::kFailuresFree + 1; ++i) {
        const auto answer =
            shop.course("", "POST", "/api/user/login", "username=ada&password=correct+horse");
        CHECK(answer.status == 401);
        CHECK(json_of(answer)["message"] == "Not logged in");
    }
    CHECK(shop.course(key, "GET", "/api/user").status == 200);
    CHECK(shop.sign_in_with("ada", shop.next_code(secret)).status == 201);
    REQUIRE(shop.send("ada", "DELETE", "/v1/users/me").status == 204);
    const users::Tables tables;
    REQUIRE(shop.app().service().parts().store.read([&](const store::Snapshot& snapshot) {
        CHECK(tables.second_factors.count(snapshot) == 0);
        return Result<void>();
    }));
}

TEST_CASE("second factor: a new password needs the one so far and no code", "[userd]") {
    FactorShop shop;
    shop.add("ada");
    const auto [secret, codes] = shop.enable("ada");
    CHECK(shop.patch("ada", "me",
                     R"({"password":"battery staple","current_password":"correct horse"})")
              .status == 200);
    CHECK(pointer_of(shop.try_sign_in("ada", "battery staple")) == "/code");
    CHECK(shop.sign_in_with("ada", shop.next_code(secret), "battery staple").status == 201);
}

TEST_CASE("second factor: where the shop wants it, staff have no rights until they have it",
          "[userd]") {
    FactorShop shop(true);
    shop.add("ada");
    shop.add("sam", "staff");
    shop.settings().second_factor_staff = true;
    shop.restart();
    CHECK(shop.state_of("ada")["required"] == false);
    CHECK(shop.sign_in("ada")["user"]["role"] == "customer");

    const Json session = shop.sign_in("sam");
    CHECK(shop.rig().verifier().verify(session.value("access_token", ""))->scopes ==
          std::vector<std::string>{"signed_in"});
    CHECK(shop.get("sam", "/v1/users/me").status == 200);
    CHECK(shop.get("sam", "/v1/users").status == 403);
    CHECK(shop.state_of("sam") ==
          Json{{"enabled", false}, {"recovery_codes_left", 0}, {"required", true}});
    const std::string key = shop.course_login("sam");
    const auto told =
        shop.send("service:orderd", "POST", "/v1/sessions/introspect", Json{{"token", key}}.dump());
    CHECK(json_of(told)["scopes"] == Json{"signed_in"});

    const auto [secret, codes] = shop.enable("sam");
    CHECK(shop.get("sam", "/v1/users").status == 403);  // this token says so yet
    const Json next = json_of(shop.refresh(session["refresh_token"]));
    CHECK(shop.send_token(next["access_token"], "GET", "/v1/users").status == 200);
    CHECK(pointer_of(shop.try_sign_in("sam")) == "/code");
}

TEST_CASE("session_create: a password hashed at another cost is hashed again", "[userd]") {
    UserShop shop;
    const Json before = shop.add("ada");
    const Json session = shop.sign_in("ada");
    const auto hash = [&] {
        const users::Tables tables;
        std::string found;
        REQUIRE(shop.app().service().parts().store.read([&](const store::Snapshot& snapshot) {
            found = snapshot.get(tables.credentials, before.value("id", "")).value();
            return Result<void>();
        }));
        return found;
    };
    const std::string old = hash();
    CHECK_THAT(old, Catch::Contains(",t=1,"));
    shop.sign_in("ada");
    CHECK(hash() == old);
    shop.settings().password_passes = 2;
    shop.restart();
    CHECK(shop.try_sign_in("ada", "wrong one").status == 401);
    CHECK(hash() == old);
    const auto events = shop.events().size();
    shop.sign_in("ada");
    CHECK_THAT(hash(), Catch::Contains(",t=2,"));
    CHECK(shop.events().size() == events + 1);
    CHECK(json_of(shop.get("ada", "/v1/users/me")) == before);
    CHECK(shop.refresh(session["refresh_token"]).status == 200);
    CHECK(shop.try_sign_in("ada").status == 201);
}
