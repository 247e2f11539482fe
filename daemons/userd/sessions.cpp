#include "userd/sessions.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "userd/roles.hpp"
#include "userd/second_factor.hpp"

namespace shop::users {
namespace {

constexpr std::size_t kSweepMax = 16;  // ended sessions that one sign-in takes away

Failure signed_out() {
    return fail(Code::unauthenticated, "The session has ended. Sign in again.");
}

void emit_ended(events::Change& change, const SessionRecord& session) {
    change.emit("session.ended", session.id, Json{{"id", session.id}, {"user_id", session.user_id}},
                Json{{"id", session.id}, {"user_id", session.user_id}, {"kind", session.kind}});
}

void sweep(const Tables& tables, events::Change& change) {
    std::vector<std::string> over;
    tables.sessions.walk(
        change.tx(), "expiry", "", false, [&](std::string_view id, std::string_view) {
            const auto session = tables.sessions.get(change.tx(), id);
            if (!session || session->expires_at > change.now() || over.size() == kSweepMax)
                return false;
            over.emplace_back(id);
            return true;
        });
    for (const auto& id : over) tables.sessions.erase(change.tx(), id);
}

// What a client calls itself may be anything.
std::optional<std::string> shown_agent(std::string_view user_agent) {
    if (user_agent.empty() || !is_utf8(user_agent)) return std::nullopt;
    return shorten(user_agent, kUserAgentBytesMax - std::string_view("…").size());
}

void end_where(const Tables& tables, events::Change& change, std::string_view user_id,
               const std::function<bool(std::string_view id)>& ends) {
    std::vector<std::string> ids;
    tables.sessions.walk_equal(change.tx(), "user", user_id, "", false,
                               [&](std::string_view id, std::string_view) {
                                   if (ends(id)) ids.emplace_back(id);
                                   return true;
                               });
    for (const auto& id : ids) end_session(tables, change, id);
}

}  // namespace

Result<NewSession> begin_session(const Tables& tables, events::Change& change,
                                 const api::User& user, const std::string& kind,
                                 std::chrono::hours life, std::string_view user_agent) {
    // The password was checked outside of this transaction.
    const auto now = tables.users.get(change.tx(), user.id);
    if (!now || now->version != user.version)
        return fail(Code::unauthenticated, "The account has changed just now. Sign in again.");
    sweep(tables, change);
    NewSession made;
    made.secret = (kind == "course" ? "key_" : "srt_") + random_token(32);
    made.record = {.id = new_id("ses"),
                   .user_id = user.id,
                   .kind = kind,
                   .secret_hash = sha256_hex(made.secret),
                   .created_at = change.now(),
                   .expires_at = change.now() + life,
                   .user_agent = shown_agent(user_agent)};
    if (kind == "course") made.record.prefix = made.secret.substr(0, kKeyPrefixBytes);
    if (!change.origin().address.empty()) made.record.address = change.origin().address;
    SHOP_CHECK(tables.sessions.put(change.tx(), made.record));
    change.act_as(user.id, user.username);
    change.emit("session.created", made.record.id,
                Json{{"id", made.record.id}, {"user_id", user.id}, {"kind", kind}}, nullptr);
    return made;
}

Result<Refreshed> refresh_session(const Tables& tables, events::Change& change,
                                  std::string_view secret) {
    const std::string hash = sha256_hex(secret);
    auto session = tables.sessions.get_by(change.tx(), "secret", hash);
    if (!session) {
        Refreshed stolen;
        tables.sessions.walk_equal(change.tx(), "previous", hash, "", false,
                                   [&](std::string_view id, std::string_view) {
                                       if (is_id(id, kKeyIdPrefix)) return true;
                                       stolen.session.record.id = id;
                                       stolen.reused = true;
                                       return false;
                                   });
        if (stolen.reused) return stolen;
        return signed_out();
    }
    const auto user = tables.users.get(change.tx(), session->user_id);
    if (session->kind != "token" || session->expires_at <= change.now() || !user || !user->active)
        return signed_out();
    NewSession next{*session, "srt_" + random_token(32)};
    next.record.previous_hash = hash;
    next.record.secret_hash = sha256_hex(next.secret);
    next.record.last_used_at = change.now();
    SHOP_CHECK(tables.sessions.put(change.tx(), next.record));
    change.act_as(user->id, user->username);
    change.emit("session.refreshed", session->id, Json{{"id", session->id}, {"user_id", user->id}});
    return Refreshed{std::move(next), *user, false};
}

bool end_session(const Tables& tables, events::Change& change, std::string_view session_id) {
    const auto session = tables.sessions.get(change.tx(), session_id);
    if (!session) return false;
    tables.sessions.erase(change.tx(), session_id);
    emit_ended(change, *session);
    return true;
}

void end_sessions_of(const Tables& tables, events::Change& change, std::string_view user_id,
                     std::string_view keep) {
    end_where(tables, change, user_id, [&](std::string_view id) { return id != keep; });
}

void end_sign_ins_of(const Tables& tables, events::Change& change, std::string_view user_id,
                     std::string_view keep) {
    end_where(tables, change, user_id,
              [&](std::string_view id) { return id != keep && !is_id(id, kKeyIdPrefix); });
}

Result<SessionList> list_sessions(const Tables& tables, const store::Snapshot& snapshot,
                                  std::string_view user_id, const api::SessionQuery& query,
                                  Listed listed, Time now) {
    SessionList page;
    const auto after = from_base64url(query.cursor.value_or(""));
    if (!after || (query.cursor && after->empty()))
        return fail_field("cursor", "is not one of ours; start again without it");
    std::string last;
    tables.sessions.walk_equal(snapshot, "user", user_id, *after, true,
                               [&](std::string_view id, std::string_view position) {
                                   auto session = tables.sessions.get(snapshot, id);
                                   if (!session || session->expires_at <= now) return true;
                                   if (listed == Listed::keys && session->kind == "token")
                                       return true;
                                   if (std::ssize(page.items) == query.limit) {
                                       page.next_cursor = base64url(last);
                                       return false;
                                   }
                                   page.items.push_back(*std::move(session));
                                   last = position;
                                   return true;
                               });
    return page;
}

Result<SessionRecord> find_session(const Tables& tables, const store::Snapshot& snapshot,
                                   std::string_view session_id, const auth::Principal& who,
                                   std::string_view scope, Time now) {
    const bool well_formed = is_id(session_id, "ses") || is_id(session_id, kKeyIdPrefix);
    auto session = well_formed ? tables.sessions.get(snapshot, session_id) : std::nullopt;
    const bool visible = session && (session->user_id == who.user_id || who.may(scope));
    if (visible && session->expires_at > now) return *std::move(session);
    return fail(Code::not_found, "There is no session or key " + shorten(session_id, 60) + ".");
}

auth::Principal principal_of(const Tables& tables, const store::Snapshot& snapshot,
                             const api::User& user, const SessionRecord& session, Time expires_at) {
    auth::Principal who{.user_id = user.id,
                        .number = user.number,
                        .username = user.username,
                        .role = user.role,
                        .session_id = session.id,
                        .expires_at = expires_at,
                        .scopes = scopes_of_role(tables, snapshot, user.role)};
    // An API key was made by somebody who had the rights, and lets nobody sign in.
    if (session.kind != "key" && must_enrol(tables, snapshot, user))
        who.scopes = std::vector<std::string>{std::string(auth::scope::kSignedIn)};
    if (!session.scopes) return who;
    std::vector<std::string> both;
    for (const auto& scope : *session.scopes)
        if (who.may(scope)) both.push_back(scope);
    who.scopes = std::move(both);
    return who;
}

Result<PresentedKey> find_key(const Tables& tables, const store::Snapshot& snapshot,
                              std::string_view secret, Time now) {
    const std::string hash = sha256_hex(secret);
    auto session = tables.sessions.get_by(snapshot, "secret", hash);
    Time end = session ? session->expires_at : Time{};
    if (!session)
        tables.sessions.walk_equal(
            snapshot, "previous", hash, "", false, [&](std::string_view id, std::string_view) {
                session = tables.sessions.get(snapshot, id);
                // A refresh token of before has no such time, and so is over.
                if (session)
                    end = std::min(session->expires_at,
                                   session->previous_expires_at.value_or(Time{}));
                return false;
            });
    if (!session || session->kind == "token" || end <= now) return signed_out();
    auto user = tables.users.get(snapshot, session->user_id);
    if (!user || !user->active) return signed_out();
    return PresentedKey{*std::move(session), *std::move(user), end};
}

bool use_is_due(const SessionRecord& session, Time now) {
    return !session.last_used_at || now - *session.last_used_at >= kUseWritten;
}

bool record_use(const Tables& tables, store::Transaction& tx, std::string_view session_id,
                Time now) {
    auto session = tables.sessions.get(tx, session_id);
    if (!session || !use_is_due(*session, now)) return false;
    session->last_used_at = now;
    return tables.sessions.put(tx, *session).has_value();
}

Result<auth::Principal> principal_of_key(const Tables& tables, store::Store& store,
                                         std::string_view secret, Time now) {
    auth::Principal who;
    bool due = false;
    SHOP_CHECK(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        SHOP_TRY(key, find_key(tables, snapshot, secret, now));
        who = principal_of(tables, snapshot, key.user, key.session, key.expires_at);
        due = use_is_due(key.session, now);
        return {};
    }));
    if (!due) return who;
    // A disk that takes no writes is no reason to refuse somebody.
    (void)store.write([&](store::Transaction& tx) -> Result<void> {
        record_use(tables, tx, who.session_id, now);
        return {};
    });
    return who;
}

Result<void> check_standing(const Tables& tables, const store::Snapshot& snapshot,
                            const auth::Principal& principal, Time now) {
    if (principal.session_id.empty()) return {};  // a service
    const auto session = tables.sessions.get(snapshot, principal.session_id);
    if (!session || session->user_id != principal.user_id || session->expires_at <= now)
        return signed_out();
    const auto user = tables.users.get(snapshot, principal.user_id);
    if (!user || !user->active || user->role != principal.role) return signed_out();
    return {};
}

Result<api::Session> tokens_of(const Tables& tables, const store::Snapshot& snapshot,
                               const NewSession& session, const api::User& user,
                               const auth::Signer& signer, Time now) {
    const Time ends = std::min<Time>(session.record.expires_at, now + limits::kAccessTokenLife);
    SHOP_TRY(token, signer.sign(principal_of(tables, snapshot, user, session.record, ends)));
    return api::Session{session.record.id,         token, ends, session.secret,
                        session.record.expires_at, user};
}

}  // namespace shop::users
