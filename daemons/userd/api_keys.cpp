#include "userd/api_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::users {
namespace {

namespace scope = auth::scope;
using std::chrono::days;
using std::chrono::hours;

Failure no_such_key(std::string_view key_id) {
    return fail(Code::not_found, "There is no key " + shorten(key_id, 60) + ".");
}

Result<void> check_key_scopes(const auth::Principal& who, const std::vector<std::string>& scopes) {
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        const std::string pointer = fmt::format("/scopes/{}", i);
        if (!auth::is_grantable(scopes[i]))
            return fail_field(pointer, "is no right of a person; see: shopctl role scopes");
        if (std::ranges::count(scopes, scopes[i]) > 1) return fail_field(pointer, "is there twice");
        if (!who.may(scopes[i]))
            return fail(Code::permission_denied,
                        "A key may no more than its maker, and you have not " + scopes[i] + ".");
    }
    return {};
}

Result<Time> end_of(const api::ApiKeyInput& input, Time now) {
    if (input.days && input.expires_at)
        return fail_field("/expires_at", "and days are two ends; say one of them");
    const Time end =
        input.expires_at.value_or(now + days(input.days.value_or(api::kKeyDaysDefault)));
    if (end <= now) return fail_field("/expires_at", "must be later than now");
    if (end > now + days(api::kKeyDaysMax))
        return fail_field("/expires_at",
                          fmt::format("must be within {} days from now", api::kKeyDaysMax));
    return end;
}

Result<void> check_room(const Tables& tables, const store::Snapshot& snapshot,
                        std::string_view user_id, Time now) {
    std::size_t count = 0;
    tables.sessions.walk_equal(snapshot, "user", user_id, "", false,
                               [&](std::string_view id, std::string_view) {
                                   if (!is_id(id, kKeyIdPrefix)) return true;
                                   const auto key = tables.sessions.get(snapshot, id);
                                   count += key && key->expires_at > now ? 1 : 0;
                                   return count < kKeysOfAccountMax;
                               });
    if (count < kKeysOfAccountMax) return {};
    return fail(Code::conflict, fmt::format("There are {} API keys already, which is the limit. "
                                            "Delete those that are no longer used.",
                                            kKeysOfAccountMax));
}

void give_secret(NewSession& key) {
    key.secret = "key_" + random_token(32);
    key.record.secret_hash = sha256_hex(key.secret);
    key.record.prefix = key.secret.substr(0, kKeyPrefixBytes);
}

// What the audit log and the feed say of a key: nothing of its secret but how it begins.
Json key_facts(const SessionRecord& key) { return schema::encode(shown_key(key)); }

}  // namespace

bool came_by_key(const auth::Principal& who) { return is_id(who.session_id, kKeyIdPrefix); }

Result<void> check_manages(const auth::Principal& who, std::string_view session_id) {
    if (!came_by_key(who) || session_id == who.session_id) return {};
    return fail(Code::permission_denied,
                "An API key manages itself and no other key or session. Sign in for this.");
}

Result<NewSession> create_key(const Tables& tables, events::Change& change,
                              const api::ApiKeyInput& input) {
    const auto& who = change.origin().principal;
    SHOP_CHECK(check_manages(who));
    if (who.is_service())
        return fail(Code::permission_denied, "A service has no account that a key could be of.");
    SHOP_CHECK(check_key_scopes(who, input.scopes));
    SHOP_TRY(end, end_of(input, change.now()));
    SHOP_CHECK(check_room(tables, change.tx(), who.user_id, change.now()));
    NewSession made;
    made.record = {.id = new_id(kKeyIdPrefix),
                   .user_id = who.user_id,
                   .kind = "key",
                   .secret_hash = {},
                   .created_at = change.now(),
                   .expires_at = end,
                   .name = input.name,
                   .scopes = input.scopes};
    if (!change.origin().address.empty()) made.record.address = change.origin().address;
    give_secret(made);
    SHOP_CHECK(tables.sessions.put(change.tx(), made.record));
    change.emit("api_key.created", made.record.id, key_facts(made.record), Json(nullptr));
    return made;
}

Result<NewSession> rotate_key(const Tables& tables, events::Change& change, std::string_view key_id,
                              const api::RotateInput& input) {
    const auto& who = change.origin().principal;
    SHOP_CHECK(check_manages(who, key_id));
    // The secret is for the owner alone, whatever else somebody may.
    auto before =
        find_session(tables, change.tx(), key_id, {.user_id = who.user_id}, "-", change.now());
    if (!before || before->kind != "key") return no_such_key(key_id);
    NewSession next{*before, ""};
    next.record.previous_hash = before->secret_hash;
    next.record.previous_expires_at =
        std::min<Time>(before->expires_at, change.now() + hours(input.overlap_hours));
    give_secret(next);
    SHOP_CHECK(tables.sessions.put(change.tx(), next.record));
    change.emit("api_key.rotated", next.record.id, key_facts(next.record), key_facts(*before));
    return next;
}

Result<SessionRecord> find_listed_key(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view key_id, const auth::Principal& who,
                                      std::string_view scope, Time now) {
    SHOP_CHECK(check_manages(who, key_id));
    auto key = find_session(tables, snapshot, key_id, who, scope, now);
    if (!key || key->kind == "token") return no_such_key(key_id);
    return key;
}

Result<void> delete_key(const Tables& tables, events::Change& change, std::string_view key_id) {
    SHOP_TRY(key, find_listed_key(tables, change.tx(), key_id, change.origin().principal,
                                  scope::kUsersWrite, change.now()));
    end_session(tables, change, key.id);
    return {};
}

Result<KeyToken> token_of_key(const Tables& tables, const store::Snapshot& snapshot,
                              std::string_view secret, const auth::Signer& signer, Time now) {
    auto key = find_key(tables, snapshot, secret, now);
    if (!key || key->session.kind != "key")
        return fail(Code::unauthenticated,
                    "The API key is unknown or has ended. Make another one with: "
                    "shopctl apikey create");
    const Time end = std::min<Time>(key->expires_at, now + limits::kAccessTokenLife);
    SHOP_TRY(token, signer.sign(principal_of(tables, snapshot, key->user, key->session, end)));
    return KeyToken{{token, end}, *std::move(key)};
}

void record_exchange(const Tables& tables, events::Change& change, const PresentedKey& key) {
    if (!record_use(tables, change.tx(), key.session.id, change.now())) return;
    change.act_as(key.user.id, key.user.username);
    change.emit("api_key.used", key.session.id,
                Json{{"id", key.session.id}, {"user_id", key.user.id}});
}

api::ApiKey shown_key(const SessionRecord& session, std::string_view secret) {
    api::ApiKey key{.id = session.id,
                    .user_id = session.user_id,
                    .kind = session.kind,
                    .name = session.name.value_or(""),
                    .prefix = session.prefix.value_or(""),
                    .scopes = session.scopes,
                    .created_at = session.created_at,
                    .last_used_at = session.last_used_at,
                    .expires_at = session.expires_at,
                    .previous_expires_at = session.previous_expires_at,
                    .secret = {}};
    if (!secret.empty()) key.secret = secret;
    return key;
}

}  // namespace shop::users
