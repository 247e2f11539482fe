// What userd keeps about mails: those that wait, and the tokens in them.
//
// Thread safety: values; collections are immutable after construction.
#pragma once

#include <string>

#include "base/time.hpp"
#include "store/collection.hpp"

namespace shop::users {

// A mail that waits to be sent. It may hold a token in its text, so the record goes once it is
// sent.
struct MailRecord {
    std::string id;  // "mail_…"
    std::string user_id;
    std::string to;
    std::string subject;
    std::string text;
    std::int64_t attempts = 0;
    Time created_at{};
    Time next_at{};  // when to try (again); while somebody sends it, when another one may
    Time until{};    // when to give up
    std::string last_error;
};

// A token that was mailed. It is random, so its SHA-256 (hex) is enough to know it again.
struct MailToken {
    std::string hash;
    std::string user_id;
    std::string purpose;  // "password_reset" or "email_verify"
    std::string address;  // where it was sent
    Time created_at{};
    Time expires_at{};
};

// Indexes: due (next_at), user.
store::Collection<MailRecord> mail_collection(store::Layout& layout);
// Indexes: user, keep (until when the record counts, longer than the token works: see
// recovery.cpp).
store::Collection<MailToken> mail_token_collection(store::Layout& layout);

}  // namespace shop::users

namespace shop::schema {
template <>
const StructType& type_of<users::MailRecord>();
template <>
const StructType& type_of<users::MailToken>();
}  // namespace shop::schema
