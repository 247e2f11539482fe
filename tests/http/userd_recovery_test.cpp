// Forgotten passwords and addresses to confirm: what a mailed token does, when it does nothing, and
// what nobody learns.
#include <catch2/catch.hpp>

#include <algorithm>

#include "auth/totp.hpp"
#include "base/file.hpp"
#include "http/userd_shop.hpp"
#include "support/process.hpp"

using namespace shop;
using namespace shop::users::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kFresh = "a wholly different phrase";

// Mails of a UserShop: they are files in a folder. userd sends while somebody looks, so that the
// clock stands still meanwhile.
class Mailbox {
public:
    explicit Mailbox(UserShop& shop) : shop_(shop) {}

    // The mails to this address in the order in which they were written, once there are `count`.
    std::vector<std::string> to(const std::string& address, std::size_t count) {
        shop_.app().start();
        shop::test::eventually([&] { return look(address).size() >= count; });
        shop_.app().stop();
        auto mails = look(address);
        INFO("mails to " << address);
        REQUIRE(mails.size() == count);
        return mails;
    }
    // The token in the last one.
    std::string token(const std::string& address, std::size_t count) {
        const std::string mail = to(address, count).back();
        const auto at = mail.find("mlt_");
        REQUIRE(at != std::string::npos);
        return mail.substr(at, mail.find_first_of(" \n", at) - at);
    }

private:
    std::vector<std::string> look(const std::string& address) const {
        std::map<std::string, std::string> found;
        const auto folder = shop_.rig().folder() / "userd" / "mail";
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const auto text = read_file(entry.path());
            if (text && text->find("\nTo: " + address + "\n") != std::string::npos)
                found[entry.path().filename()] = *text;
        }
        std::vector<std::string> mails;
        for (auto& [name, text] : found) mails.push_back(std::move(text));
        return mails;
    }
    UserShop& shop_;
};

http::Response forget(UserShop& shop, const std::string& email) {
    return shop.send("", "POST", "/v1/password-resets", Json{{"email", email}}.dump());
}
http::Response complete(UserShop& shop, const std::string& token,
                        const std::string& password = kFresh) {
    return shop.send("", "POST", "/v1/password-resets/complete",
                     Json{{"token", token}, {"password", password}}.dump());
}
http::Response verify(UserShop& shop, const std::string& token) {
    return shop.send("", "POST", "/v1/email-verifications/complete", Json{{"token", token}}.dump());
}
http::Response ask_to_verify(UserShop& shop, const std::string& who) {
    return shop.send(who, "POST", "/v1/email-verifications");
}
bool verified(UserShop& shop, const std::string& name) {
    return json_of(shop.get("root", "/v1/users/" + name)).at("email_verified").get<bool>();
}

}  // namespace

TEST_CASE("password reset: the mailed token sets a password once and ends all sessions",
          "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    const Json session = shop.sign_in("ada");
    const auto asked = forget(shop, "ADA@example.org");
    CHECK(asked.status == 202);
    CHECK(asked.body.empty());
    // The first mail is the one for a new account.
    const std::string token = box.token("ada@example.org", 2);
    CHECK(complete(shop, token).status == 204);
    CHECK(shop.get("ada", "/v1/users/me").status == 401);
    CHECK(shop.refresh(session["refresh_token"]).status == 401);
    CHECK(shop.try_sign_in("ada").status == 401);
    CHECK(shop.try_sign_in("ada", kFresh).status == 201);
    CHECK(verified(shop, "ada"));
    CHECK_THAT(box.to("ada@example.org", 3).back(), Catch::Contains("was changed"));
    const auto again = complete(shop, token, "yet another phrase");
    CHECK(again.status == 401);
    CHECK(again.body.find(token) == std::string::npos);
    CHECK(shop.try_sign_in("ada", kFresh).status == 201);
}

TEST_CASE("password reset: the token is in the mail and nowhere else", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    forget(shop, "ada@example.org");
    const std::string token = box.token("ada@example.org", 2);
    std::string told = shop.get("root", "/v1/users/ada").body;
    for (const auto& event : shop.events()) told += event.dump();
    CHECK_THAT(told, Catch::Contains("password_reset.requested"));
    CHECK(told.find(token) == std::string::npos);
    CHECK(told.find("mlt_") == std::string::npos);
}

TEST_CASE("password reset: nobody learns who has an account", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    shop.add("gone");
    REQUIRE(shop.patch("root", "gone", R"({"active":false})").status == 200);
    const auto seen = [&](const std::string& email) {
        const auto answer = forget(shop, email);
        std::string text = std::to_string(answer.status) + answer.body;
        for (const auto& [name, value] : answer.headers.all())
            if (name != "x-request-id") text += name + value;
        return text;
    };
    const std::string known = seen("ada@example.org");
    for (const char* email : {"nobody@example.org", "gone@example.org", "ada@example.com"})
        CHECK(seen(email) == known);
    for (int i = 0; i < 3; ++i) CHECK(seen("ada@example.org") == known);
    box.to("ada@example.org", 4);
    box.to("nobody@example.org", 0);
    box.to("gone@example.org", 1);  // of its beginning
    CHECK(forget(shop, "nobody").status == 400);
    const std::string unknown = complete(shop, "mlt_unknown").body;
    CHECK_THAT(unknown, Catch::Contains("not known, was used, or is over"));
}

TEST_CASE("password reset: a token is over after half an hour", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    forget(shop, "ada@example.org");
    const std::string first = box.token("ada@example.org", 2);
    shop.rig().clock().advance(30min);
    CHECK(complete(shop, first).status == 401);
    forget(shop, "ada@example.org");
    const std::string second = box.token("ada@example.org", 3);
    shop.rig().clock().advance(30min - 1s);
    CHECK(complete(shop, second).status == 204);
}

TEST_CASE("password reset: a token dies with the password or the address it was made for",
          "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    forget(shop, "ada@example.org");
    const std::string of_password = box.token("ada@example.org", 2);
    REQUIRE(shop.patch("root", "ada", Json{{"password", kFresh}}.dump()).status == 200);
    CHECK(complete(shop, of_password).status == 401);
    forget(shop, "ada@example.org");
    const std::string of_address = box.token("ada@example.org", 4);
    REQUIRE(shop.patch("root", "ada", R"({"email":"ada@example.com"})").status == 200);
    CHECK(complete(shop, of_address).status == 401);
    const std::string of_another_kind = box.token("ada@example.com", 1);
    CHECK(complete(shop, of_another_kind).status == 401);
    forget(shop, "ada@example.com");
    const std::string of_account = box.token("ada@example.com", 2);
    REQUIRE(shop.send("root", "DELETE", "/v1/users/ada").status == 204);
    CHECK(complete(shop, of_account).status == 401);
    CHECK(verify(shop, of_another_kind).status == 401);
}

TEST_CASE("password reset: an account gets three mails an hour and, silently, no more", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    for (int i = 0; i < 5; ++i) CHECK(forget(shop, "ada@example.org").status == 202);
    box.to("ada@example.org", 4);
    shop.rig().clock().advance(59min);
    forget(shop, "ada@example.org");
    box.to("ada@example.org", 4);
    shop.rig().clock().advance(1min);
    forget(shop, "ada@example.org");
    box.to("ada@example.org", 5);
}

TEST_CASE("password reset: a password against the rules leaves the token good", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    forget(shop, "ada@example.org");
    const std::string token = box.token("ada@example.org", 2);
    const auto weak = complete(shop, token, "short");
    CHECK(weak.status == 400);
    CHECK(pointer_of(weak) == "/password");
    CHECK(complete(shop, token).status == 204);
}

TEST_CASE("email verification: a new account is asked by mail, and its answer counts once",
          "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    CHECK_FALSE(verified(shop, "ada"));
    const std::string token = box.token("ada@example.org", 1);
    CHECK(complete(shop, token).status == 401);  // it is for nothing else
    CHECK(verify(shop, token).status == 204);
    CHECK(verified(shop, "ada"));
    CHECK(verify(shop, token).status == 401);
    CHECK(shop.get("ada", "/v1/users/me").status == 200);
    CHECK(ask_to_verify(shop, "ada").status == 409);
    CHECK(ask_to_verify(shop, "service:orderd").status == 404);
    CHECK(shop.patch("ada", "me", R"({"email_verified":true})").status == 400);
}

TEST_CASE("email verification: one's own mails are limited, and over after a day", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    const std::string first = box.token("ada@example.org", 1);
    CHECK(ask_to_verify(shop, "ada").status == 202);
    CHECK(ask_to_verify(shop, "ada").status == 202);
    CHECK(ask_to_verify(shop, "ada").status == 429);
    const std::string last = box.token("ada@example.org", 3);
    shop.rig().clock().advance(24h);
    CHECK(verify(shop, first).status == 401);
    CHECK(verify(shop, last).status == 401);
    shop.sign_in("ada");
    CHECK(ask_to_verify(shop, "ada").status == 202);
    CHECK(verify(shop, box.token("ada@example.org", 4)).status == 204);
}

TEST_CASE("email verification: a new address is confirmed anew, and the old one is told",
          "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    REQUIRE(verify(shop, box.token("ada@example.org", 1)).status == 204);
    const auto without = shop.patch("ada", "me", R"({"email":"ada@example.com"})");
    CHECK(without.status == 400);
    CHECK(pointer_of(without) == "/current_password");
    const Json patch = {{"email", "ada@example.com"}, {"current_password", kPassword}};
    REQUIRE(shop.patch("ada", "me", patch.dump()).status == 200);
    CHECK_FALSE(verified(shop, "ada"));
    CHECK_THAT(box.to("ada@example.org", 2).back(), Catch::Contains("new e-mail address"));
    CHECK(verify(shop, box.token("ada@example.com", 1)).status == 204);
    CHECK(verified(shop, "ada"));
    // An account is no means to fill a mailbox of somebody else.
    for (int i = 0; i < 6; ++i)
        for (const char* to : {"bob@example.org", "eve@example.org"})
            REQUIRE(shop.patch("root", "ada", Json{{"email", to}}.dump()).status == 200);
    box.to("ada@example.com", 2);
    box.to("bob@example.org", 3);
    box.to("eve@example.org", 2);
}

TEST_CASE("mails: what gives access to an account is told to its owner", "[userd]") {
    UserShop shop;
    Mailbox box(shop);
    shop.add("ada");
    const std::string key = R"({"name":"night job","scopes":["orders:own"]})";
    REQUIRE(shop.send("ada", "POST", "/v1/api-keys", key).status == 201);
    CHECK_THAT(box.to("ada@example.org", 2).back(), Catch::Contains("An API key was made for it: "
                                                                    "night job."));
    const auto second_factor = [&](const char* path, const Json& body) {
        const auto answer =
            shop.send("ada", "POST", std::string("/v1/second-factor") + path, body.dump());
        REQUIRE(answer.status < 300);
        return answer.body.empty() ? Json() : json_of(answer);
    };
    const std::string secret = second_factor("", {{"password", kPassword}})["secret"];
    const auto step = auth::totp_step(shop.rig().clock().now());
    const Json codes = second_factor("/confirm", {{"code", auth::totp_code(secret, step)}});
    CHECK_THAT(box.to("ada@example.org", 3).back(), Catch::Contains("needed from now on"));
    second_factor("/disable", {{"code", codes["recovery_codes"][0]}});
    CHECK_THAT(box.to("ada@example.org", 4).back(), Catch::Contains("no longer needed"));
}
