#include "userd/sessions.hpp"

#include <vector>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"

namespace shop::users {
namespace {

constexpr std::size_t kSweepMax = 16;  // ended sessions that one sign-in takes away

Failure signed_out() {
    return fail(Code::unauthenticated, "The session has ended. Sign in again.");
}

auth::Principal principal_of(const api::User& user, const std::string& session_id,
                             Time expires_at) {
    return {user.id, user.number, user.username, user.role, session_id, expires_at};
}

void emit_ended(events::Change& change, const SessionRecord& session) {
    change.emit("session.ended", session.id,
                Json{{"id", session.id}, {"user_id", session.user_id}});
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

}  // namespace

Result<NewSession> begin_session(const Tables& tables, events::Change& change,
                                 const api::User& user, const std::string& kind,
                                 std::chrono::hours life) {
    // The password was checked outside of this transaction.
    const auto now = tables.users.get(change.tx(), user.id);
    if (!now || now->version != user.version)
        return fail(Code::unauthenticated, "The account has changed just now. Sign in again.");
    sweep(tables, change);
    NewSession made;
    made.secret = (kind == "course" ? "key_" : "srt_") + random_token(32);
    made.record = {new_id("ses"),      user.id, kind, sha256_hex(made.secret), "", change.now(),
                   change.now() + life};
    SHOP_CHECK(tables.sessions.put(change.tx(), made.record));
    change.emit("session.created", made.record.id,
                Json{{"id", made.record.id}, {"user_id", user.id}, {"kind", kind}});
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
    SHOP_CHECK(tables.sessions.put(change.tx(), next.record));
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
    std::vector<std::string> ids;
    tables.sessions.walk_equal(change.tx(), "user", user_id, "", false,
                               [&](std::string_view id, std::string_view) {
                                   if (id != keep) ids.emplace_back(id);
                                   return true;
                               });
    for (const auto& id : ids) end_session(tables, change, id);
}

Result<auth::Principal> principal_of_key(const Tables& tables, const store::Snapshot& snapshot,
                                         std::string_view key, Time now) {
    const auto session = tables.sessions.get_by(snapshot, "secret", sha256_hex(key));
    if (!session || session->kind != "course" || session->expires_at <= now) return signed_out();
    const auto user = tables.users.get(snapshot, session->user_id);
    if (!user || !user->active) return signed_out();
    return principal_of(*user, session->id, session->expires_at);
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

Result<api::Session> tokens_of(const NewSession& session, const api::User& user,
                               const auth::Signer& signer, Time now) {
    const Time ends = std::min<Time>(session.record.expires_at, now + limits::kAccessTokenLife);
    SHOP_TRY(token, signer.sign(principal_of(user, session.record.id, ends)));
    return api::Session{session.record.id,         token, ends, session.secret,
                        session.record.expires_at, user};
}

}  // namespace shop::users
