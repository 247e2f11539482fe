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
            field<&T::kind>("kind", "token or course."),
            field<&T::secret_hash>("secret_hash", "SHA-256 of its secret."),
            field<&T::previous_hash>("previous_hash", "SHA-256 of the secret before."),
            field<&T::created_at>("created_at", "When it began."),
            field<&T::expires_at>("expires_at", "When it ends."),
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
      counters(layout.table("counters")),
      journal(layout) {}

}  // namespace shop::users
