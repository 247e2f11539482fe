// Who is signed in: sealed in the store, found by the cookie alone.
#include "storefrontd/sessions.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "storefrontd/sealing.hpp"

using namespace shop;
using namespace shop::storefront;
using namespace std::chrono_literals;

namespace {

const Time kNow = *parse_time("2026-11-28T12:00:00Z");

Session session_until(Time end) {
    return {.session_id = "ses_1",
            .user_id = "usr_1",
            .username = "ada",
            .name = "Ada",
            .access_token = "access-token-in-clear",
            .access_expires_at = kNow + 10min,
            .refresh_token = "refresh-token-in-clear",
            .expires_at = end};
}

struct Desk {
    Tables tables;
    std::unique_ptr<store::Store> store = store::open_memory(tables.layout.tables());
    std::unique_ptr<Sessions> sessions = open();

    std::unique_ptr<Sessions> open() {
        auto opened = Sessions::open(*store, tables);
        REQUIRE(opened);
        return *std::move(opened);
    }
    std::string record_of(const std::string& cookie) {
        std::string out;
        REQUIRE(store->read([&](const store::Snapshot& snapshot) -> Result<void> {
            out = snapshot.get(tables.sessions, sha256(cookie)).value_or("");
            return {};
        }));
        return out;
    }
    void put(const std::string& cookie, const std::string& record) {
        REQUIRE(store->write([&](store::Transaction& tx) -> Result<void> {
            tx.put(tables.sessions, sha256(cookie), record);
            return {};
        }));
    }
};

}  // namespace

TEST_CASE("sealing: what was sealed is read with its key alone, and only as it was") {
    const std::string key = random_bytes(kKeyBytes);
    const std::string sealed = seal(key, "secret");
    CHECK(unseal(key, sealed) == "secret");
    CHECK(unseal(key, seal(key, "")) == "");
    CHECK(seal(key, "secret") != sealed);
    CHECK_FALSE(unseal(random_bytes(kKeyBytes), sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string other = sealed;
        other[i] = static_cast<char>(other[i] ^ 1);
        CHECK_FALSE(unseal(key, other));
    }
    CHECK_FALSE(unseal(key, sealed.substr(0, sealed.size() - 1)));
    CHECK_FALSE(unseal(key, sealed.substr(0, 10)));
    CHECK_FALSE(unseal(key, ""));
}

TEST_CASE("sealing: a form's token is good for its cookie and key, and looks different each time") {
    const std::string key = random_bytes(kKeyBytes);
    const std::string token = form_token(key, "cookie");
    CHECK(token.size() == kFormTokenBytes);
    CHECK(form_token(key, "cookie") != token);
    CHECK(is_form_token(key, "cookie", token));
    CHECK_FALSE(is_form_token(key, "another", token));
    CHECK_FALSE(is_form_token(random_bytes(kKeyBytes), "cookie", token));
    CHECK_FALSE(is_form_token(key, "cookie", ""));
    CHECK_FALSE(is_form_token(key, "cookie", token.substr(1)));
    CHECK_FALSE(is_form_token(key, "cookie", token + "AA"));
    std::string changed = token;
    changed[50] = changed[50] == 'A' ? 'B' : 'A';
    CHECK_FALSE(is_form_token(key, "cookie", changed));
}

TEST_CASE("sessions: what was kept is found by its cookie, also after a restart") {
    Desk desk;
    const std::string cookie = Sessions::new_cookie();
    REQUIRE(Sessions::is_cookie(cookie));
    REQUIRE(desk.sessions->keep(cookie, session_until(kNow + 1h)));
    const std::string form_key = desk.sessions->form_key();
    desk.sessions = desk.open();
    CHECK(desk.sessions->form_key() == form_key);
    const auto found = desk.sessions->find(cookie, kNow);
    REQUIRE(found);
    CHECK(found->session_id == "ses_1");
    CHECK(found->username == "ada");
    CHECK(found->access_token == "access-token-in-clear");
    CHECK(found->refresh_token == "refresh-token-in-clear");
    CHECK(found->expires_at == kNow + 1h);
    CHECK_FALSE(desk.sessions->find(Sessions::new_cookie(), kNow));
}

TEST_CASE("sessions: the store shows neither tokens nor the cookie") {
    Desk desk;
    const std::string cookie = Sessions::new_cookie();
    REQUIRE(desk.sessions->keep(cookie, session_until(kNow + 1h)));
    const std::string record = desk.record_of(cookie);
    REQUIRE_FALSE(record.empty());
    for (const auto* secret : {"in-clear", "ada", "ses_1"})
        CHECK(record.find(secret) == std::string::npos);
    REQUIRE(desk.store->read([&](const store::Snapshot& snapshot) -> Result<void> {
        CHECK_FALSE(snapshot.get(desk.tables.sessions, cookie));
        return {};
    }));
}

TEST_CASE("sessions: a record that was changed, or is another browser's, is none") {
    Desk desk;
    const std::string cookie = Sessions::new_cookie(), other = Sessions::new_cookie();
    REQUIRE(desk.sessions->keep(cookie, session_until(kNow + 1h)));
    const std::string record = desk.record_of(cookie);
    desk.put(other, record);
    CHECK_FALSE(desk.sessions->find(other, kNow));
    std::string changed = record;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    desk.put(cookie, changed);
    CHECK_FALSE(desk.sessions->find(cookie, kNow));
    desk.put(cookie, record.substr(0, 4));
    CHECK_FALSE(desk.sessions->find(cookie, kNow));
}

TEST_CASE("sessions: one that has ended or was forgotten is none") {
    Desk desk;
    const std::string cookie = Sessions::new_cookie();
    REQUIRE(desk.sessions->keep(cookie, session_until(kNow + 1h)));
    CHECK(desk.sessions->find(cookie, kNow + 1h - 1ms));
    CHECK_FALSE(desk.sessions->find(cookie, kNow + 1h));
    REQUIRE(desk.sessions->forget(cookie));
    CHECK_FALSE(desk.sessions->find(cookie, kNow));
    CHECK(desk.sessions->forget(cookie));
}

TEST_CASE("sessions: those that have ended are swept, the others stay") {
    Desk desk;
    const std::string young = Sessions::new_cookie(), old = Sessions::new_cookie();
    REQUIRE(desk.sessions->keep(young, session_until(kNow + 1h)));
    REQUIRE(desk.sessions->keep(old, session_until(kNow)));
    CHECK(desk.sessions->forget_old(kNow) == 1U);
    CHECK(desk.record_of(old).empty());
    CHECK(desk.sessions->find(young, kNow));
    CHECK(desk.sessions->forget_old(kNow) == 0U);
}

TEST_CASE("sessions: a cookie is 43 characters of base64url and nothing else") {
    CHECK(Sessions::new_cookie() != Sessions::new_cookie());
    const std::string cookie = Sessions::new_cookie();
    CHECK_FALSE(Sessions::is_cookie(""));
    CHECK_FALSE(Sessions::is_cookie(cookie + "A"));
    CHECK_FALSE(Sessions::is_cookie(cookie.substr(1)));
    CHECK_FALSE(Sessions::is_cookie("=" + cookie.substr(1)));
    CHECK_FALSE(Sessions::is_cookie(" " + cookie.substr(1)));
}
