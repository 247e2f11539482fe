// userd's signing keys: who sees and rotates them, what ends with them, and what is published.
#include <catch2/catch.hpp>

#include "http/userd_shop.hpp"
#include "userd/key_rotation.hpp"

using namespace shop;
using namespace shop::users::test;

namespace {

// By state; "" where there is none.
std::string kid_in(const Json& list, const std::string& state) {
    for (const auto& one : list.at("items"))
        if (one.at("state") == state) return one.at("kid");
    return "";
}

// The file's age by the rig's clock, which decides what is fresh.
void set_age(UserShop& shop, const char* file, std::chrono::minutes age) {
    const auto to = shop.rig().clock().now() - age;
    std::filesystem::last_write_time(
        shop.rig().keys_dir() / file,
        std::chrono::file_clock::from_sys(std::chrono::sys_time<std::chrono::nanoseconds>(to)));
}

http::Response rotate(UserShop& shop, const std::string& body = "{}",
                      const HeaderList& headers = {}) {
    return shop.send("root", "POST", "/v1/signing-keys/rotate", body, headers);
}

Json keys_of(UserShop& shop) { return json_of(shop.get("root", "/v1/signing-keys")); }

int rotations(UserShop& shop) {
    int count = 0;
    for (const auto& event : shop.events()) count += event["type"] == "signing_key.rotated";
    return count;
}

}  // namespace

TEST_CASE("signing keys: a rotation is an event, and all that was signed goes on", "[userd]") {
    UserShop shop;
    const Json session = shop.sign_in("root");
    const Json before = keys_of(shop);
    CHECK(before["items"].size() == 2);
    const auto answer = rotate(shop);
    REQUIRE(answer.status == 200);
    const Json after = json_of(answer);
    CHECK(kid_in(after, "current") == kid_in(before, "next"));
    CHECK(kid_in(after, "previous") == kid_in(before, "current"));
    CHECK(kid_in(after, "next") != kid_in(before, "next"));
    CHECK(keys_of(shop) == after);  // with the token of the previous key
    const Json event = shop.events().back();
    CHECK(event["type"] == "signing_key.rotated");
    CHECK(event["subject"] == kid_in(after, "current"));
    CHECK(event["actor"] == session["user"]["id"]);
    CHECK(event["data"]["now"] == false);
    CHECK(event["data"]["items"] == after["items"]);
    shop.rig().clock().advance(std::chrono::seconds(5));
    CHECK(shop.get("root", "/v1/users/me").status == 200);
    shop.sign_in("root");
    CHECK(shop.get("root", "/v1/users/me").status == 200);
}

TEST_CASE("signing keys: the next rotation waits until tokens of the previous key are over",
          "[userd]") {
    UserShop shop;
    REQUIRE(rotate(shop).status == 200);
    set_age(shop, "userd.previous.pub", std::chrono::minutes(10));
    const Json before = keys_of(shop);
    const auto soon = rotate(shop);
    CHECK(soon.status == 409);
    CHECK(detail_of(soon).find("2026-11-24T10:01:00") != std::string::npos);
    CHECK(keys_of(shop) == before);
    CHECK(rotations(shop) == 1);
    set_age(shop, "userd.previous.pub", std::chrono::minutes(11));
    CHECK(rotate(shop).status == 200);
    CHECK(rotations(shop) == 2);
}

TEST_CASE("signing keys: in an emergency all access tokens end, and refresh tokens go on",
          "[userd]") {
    UserShop shop;
    REQUIRE(rotate(shop).status == 200);
    const Json session = shop.sign_in("root");
    const std::string old = session["access_token"];
    const Json before = keys_of(shop);
    const auto answer = rotate(shop, R"({"now":true})");  // however fresh the last one is
    REQUIRE(answer.status == 200);
    const Json after = json_of(answer);
    CHECK(kid_in(after, "previous").empty());
    for (const char* state : {"current", "next"})
        for (const auto& known : before["items"]) CHECK(kid_in(after, state) != known["kid"]);
    shop.rig().clock().advance(std::chrono::seconds(1));
    CHECK(shop.send_token(old, "GET", "/v1/users/me").status == 401);
    const auto next = shop.refresh(session["refresh_token"]);
    REQUIRE(next.status == 200);
    const std::string fresh = json_of(next)["access_token"];
    CHECK(shop.send_token(fresh, "GET", "/v1/users/me").status == 200);
    shop.sign_in("root");
    CHECK(shop.events().back()["type"] != "signing_key.rotated");
    CHECK(rotations(shop) == 2);
}

TEST_CASE("signing keys: a repeated call rotates once", "[userd]") {
    UserShop shop;
    const HeaderList key{{"idempotency-key", "k1"}};
    const auto first = rotate(shop, R"({"now":true})", key);
    REQUIRE(first.status == 200);
    shop.rig().clock().advance(std::chrono::seconds(1));
    shop.sign_in("root");
    const auto second = rotate(shop, R"({"now":true})", key);
    CHECK(second.status == 200);
    CHECK(second.body == first.body);
    CHECK(rotations(shop) == 1);
}

TEST_CASE("jwks: has the public halves of all keys, for everybody, and nothing more", "[userd]") {
    UserShop shop;
    REQUIRE(rotate(shop).status == 200);
    const auto answer = shop.get("", "/.well-known/jwks.json");
    CHECK(answer.status == 200);
    CHECK(answer.headers.get("content-type") == "application/jwk-set+json");
    CHECK(answer.headers.get("cache-control") == "public, max-age=60");
    const Json set = json_of(answer);
    CHECK(set.size() == 1);
    const Json list = keys_of(shop);
    REQUIRE(set["keys"].size() == list["items"].size());
    CHECK(set["keys"].size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        Json key = set["keys"][i];
        CHECK(key["kid"] == list["items"][i]["kid"]);
        CHECK(key["x"].get<std::string>().size() == 43);
        CHECK(key["y"].get<std::string>().size() == 43);
        for (const char* name : {"kid", "x", "y"}) key.erase(name);
        CHECK(key == Json{{"kty", "EC"}, {"crv", "P-256"}, {"alg", "ES256"}, {"use", "sig"}});
    }
    // A bad token is no reason to keep it from somebody who wants to know why it is bad.
    CHECK(shop.send_token("x", "GET", "/.well-known/jwks.json").status == 200);
}

TEST_CASE("signing keys: one that has signed for its days is rotated, once", "[userd]") {
    UserShop shop;
    users::Tables tables;
    const auto store = store::open_lmdb(
        {.folder = shop.rig().folder() / "other", .tables = tables.layout.tables()});
    REQUIRE(store);
    users::KeyRotation rotation(**store, tables, shop.rig().signer("userd"), shop.rig().clock(),
                                std::chrono::days(90));
    set_age(shop, "userd.pub", std::chrono::days(90) - std::chrono::minutes(1));
    const Json before = keys_of(shop);
    rotation.check();
    CHECK(keys_of(shop) == before);
    set_age(shop, "userd.pub", std::chrono::days(90));
    rotation.check();
    const Json after = keys_of(shop);
    CHECK(kid_in(after, "current") == kid_in(before, "next"));
    set_age(shop, "userd.pub", std::chrono::minutes(0));
    rotation.check();
    CHECK(kid_in(keys_of(shop), "current") == kid_in(after, "current"));
    api::EventPage page;
    REQUIRE((*store)->read([&](const store::Snapshot& snapshot) -> Result<void> {
        page = events::events_after(snapshot, tables.journal.events, 0, 10);
        return {};
    }));
    REQUIRE(page.items.size() == 1);
    CHECK(page.items[0].type == "signing_key.rotated");
    CHECK(page.items[0].actor.empty());
}

TEST_CASE("signing keys: a rotation that was cut off ends at the next start", "[userd]") {
    UserShop shop;
    const auto folder = shop.rig().keys_dir();
    const Json before = keys_of(shop);
    std::filesystem::copy_file(folder / "userd.pub", folder / "userd.previous.pub");
    std::filesystem::rename(folder / "userd.next.key", folder / "userd.key");
    shop.rig().clock().advance(std::chrono::seconds(1));
    CHECK(shop.get("root", "/v1/users/me").status == 200);
    shop.sign_in("root");  // with the key that was the next one
    CHECK(shop.get("root", "/v1/users/me").status == 200);
    REQUIRE(auth::ensure_keys(folder, "userd"));
    const Json after = keys_of(shop);
    CHECK(kid_in(after, "current") == kid_in(before, "next"));
    CHECK(kid_in(after, "previous") == kid_in(before, "current"));
    CHECK(shop.get("root", "/v1/users/me").status == 200);
}
