#include "userd/mail_records.hpp"

#include "userd/recovery.hpp"

namespace shop::schema {

template <>
const StructType& type_of<users::MailRecord>() {
    using T = users::MailRecord;
    static const StructType type{"MailRecord",
                                 "A mail that waits to be sent.",
                                 {
                                     field<&T::id>("id", "Its id."),
                                     field<&T::user_id>("user_id", "Whose account it is about."),
                                     field<&T::to>("to", "Where it goes."),
                                     field<&T::subject>("subject", "What it is about."),
                                     field<&T::text>("text", "What it says."),
                                     field<&T::attempts>("attempts", "How often it was tried."),
                                     field<&T::created_at>("created_at", "When it was written."),
                                     field<&T::next_at>("next_at", "When to try."),
                                     field<&T::until>("until", "When to give up."),
                                     field<&T::last_error>("last_error", "Why it did not go."),
                                 }};
    return type;
}

template <>
const StructType& type_of<users::MailToken>() {
    using T = users::MailToken;
    static const StructType type{
        "MailToken",
        "A token that was mailed.",
        {
            field<&T::hash>("hash", "SHA-256 of it."),
            field<&T::user_id>("user_id", "Whose it is."),
            field<&T::purpose>("purpose", "password_reset or email_verify."),
            field<&T::address>("address", "Where it was sent."),
            field<&T::created_at>("created_at", "When it was made."),
            field<&T::expires_at>("expires_at", "When it ends."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::users {
namespace {

std::string time_key(Time time) { return store::key_of(time.time_since_epoch().count()); }

}  // namespace

store::Collection<MailRecord> mail_collection(store::Layout& layout) {
    using Keys = std::vector<std::string>;
    using Mail = MailRecord;
    store::Collection<Mail> out(layout, "mails", [](const Mail& m) { return m.id; });
    out.index_by("due", [](const Mail& m) { return Keys{time_key(m.next_at)}; });
    out.index_by("user", [](const Mail& m) { return Keys{m.user_id}; });
    return out;
}

store::Collection<MailToken> mail_token_collection(store::Layout& layout) {
    using Keys = std::vector<std::string>;
    store::Collection<MailToken> out(layout, "mail_tokens",
                                     [](const MailToken& t) { return t.hash; });
    out.index_by("user", [](const MailToken& t) { return Keys{t.user_id}; });
    out.index_by("keep", [](const MailToken& t) { return Keys{time_key(kept_until(t))}; });
    return out;
}

}  // namespace shop::users
