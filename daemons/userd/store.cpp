#include "userd/store.hpp"

#include "base/text.hpp"

namespace shop::schema {

template <>
const StructType& type_of<users::SessionRecord>() {
    using T = users::SessionRecord;
    static const StructType type{
        "SessionRecord",
        "A sign-in, as userd keeps it.",
        {
            field<&T::id>("id", "The session's id."),
            field<&T::user_id>("user_id", "Whose it is."),
            field<&T::kind>("kind", "token, course or key."),
            field<&T::secret_hash>("secret_hash", "SHA-256 of its secret."),
            field<&T::previous_hash>("previous_hash", "SHA-256 of the secret before."),
            field<&T::created_at>("created_at", "When it began."),
            field<&T::expires_at>("expires_at", "When it ends."),
            field<&T::name>("name", "What it is called."),
            field<&T::prefix>("prefix", "How its secret begins."),
            field<&T::scopes>("scopes", "What it may do."),
            field<&T::last_used_at>("last_used_at", "When it was used last."),
            field<&T::address>("address", "From where it was made."),
            field<&T::user_agent>("user_agent", "With which program."),
            field<&T::previous_expires_at>("previous_expires_at",
                                           "Until when the secret before works."),
        }};
    return type;
}

template <>
const StructType& type_of<users::SecondFactorRecord>() {
    using T = users::SecondFactorRecord;
    static const StructType type{
        "SecondFactorRecord",
        "A second factor, as userd keeps it.",
        {
            field<&T::user_id>("user_id", "Whose it is."),
            field<&T::secret>("secret", "What the app knows too, in base32."),
            field<&T::confirmed>("confirmed", "Whether it is in force."),
            field<&T::last_step>("last_step", "Step of the code that was used last."),
            field<&T::recovery_hashes>("recovery_hashes", "SHA-256 of the codes that are left."),
            field<&T::created_at>("created_at", "When it was set up."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::users {
namespace {

using store::key_of;
using Keys = std::vector<std::string>;

store::Collection<api::User> user_collection(store::Layout& layout) {
    using api::User;
    store::Collection<User> out(layout, "users", [](const User& u) { return u.id; });
    out.index_by("username", [](const User& u) { return Keys{u.username}; },
                 {true, "the username"});
    out.index_by("email", [](const User& u) { return Keys{to_lower(u.email)}; },
                 {true, "the e-mail address"});
    out.index_by("number", [](const User& u) { return Keys{key_of(u.number)}; },
                 {true, "the number"});
    out.index_by("role", [](const User& u) { return Keys{u.role}; });
    return out;
}

store::Collection<SessionRecord> session_collection(store::Layout& layout) {
    using Session = SessionRecord;
    store::Collection<Session> out(layout, "sessions", [](const Session& s) { return s.id; });
    out.index_by("secret", [](const Session& s) { return Keys{s.secret_hash}; },
                 {true, "the secret"});
    out.index_by("previous", [](const Session& s) {
        return s.previous_hash.empty() ? Keys{} : Keys{s.previous_hash};
    });
    out.index_by("user", [](const Session& s) { return Keys{s.user_id}; });
    out.index_by("expiry", [](const Session& s) {
        return Keys{key_of(s.expires_at.time_since_epoch().count())};
    });
    return out;
}

}  // namespace

Tables::Tables()
    : users(user_collection(layout)),
      credentials(layout.table("credentials")),
      sessions(session_collection(layout)),
      roles(layout, "roles", [](const api::Role& role) { return role.name; }),
      second_factors(layout, "second_factors",
                     [](const SecondFactorRecord& factor) { return factor.user_id; }),
      mails(mail_collection(layout)),
      mail_tokens(mail_token_collection(layout)),
      counters(layout.table("counters")),
      journal(layout) {}

}  // namespace shop::users
