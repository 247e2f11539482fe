#include "userd/recovery.hpp"

#include <algorithm>
#include <vector>

#include "base/random.hpp"
#include "base/text.hpp"
#include "userd/outbox.hpp"
#include "userd/sessions.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

constexpr std::chrono::hours kCounted{1};
constexpr std::size_t kTokensSweptMax = 16;  // records that one new token takes away
constexpr const char* kReset = "password_reset";
constexpr const char* kVerify = "email_verify";

Failure bad_token() {
    return fail(Code::unauthenticated,
                "The token is not known, was used, or is over. Ask for a new mail.");
}

std::vector<MailToken> tokens_of_user(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view user_id) {
    std::vector<MailToken> out;
    tables.mail_tokens.walk_equal(snapshot, "user", user_id, "", false,
                                  [&](std::string_view hash, std::string_view) {
                                      if (auto token = tables.mail_tokens.get(snapshot, hash))
                                          out.push_back(std::move(*token));
                                      return true;
                                  });
    return out;
}

bool may_have_another(const Tables& tables, events::Change& change, const std::string& user_id,
                      std::string_view purpose) {
    const auto tokens = tokens_of_user(tables, change.tx(), user_id);
    return std::ranges::count_if(tokens, [&](const MailToken& token) {
               return token.purpose == purpose && token.created_at + kCounted > change.now();
           }) < kTokensAnHour;
}

void sweep_mail_tokens(const Tables& tables, events::Change& change) {
    std::vector<std::string> over;
    tables.mail_tokens.walk(
        change.tx(), "keep", "", false, [&](std::string_view hash, std::string_view) {
            const auto token = tables.mail_tokens.get(change.tx(), hash);
            if (!token || kept_until(*token) > change.now() || over.size() == kTokensSweptMax)
                return false;
            over.emplace_back(hash);
            return true;
        });
    for (const auto& hash : over) tables.mail_tokens.erase(change.tx(), hash);
}

// Stores a new token of the account; its text is in the mail alone.
Result<std::string> new_mail_token(const Tables& tables, events::Change& change,
                                   const api::User& user, const std::string& purpose,
                                   std::chrono::minutes life) {
    sweep_mail_tokens(tables, change);
    const std::string token = "mlt_" + random_token(32);
    SHOP_CHECK(tables.mail_tokens.put(change.tx(), {sha256_hex(token), user.id, purpose, user.email,
                                                    change.now(), change.now() + life}));
    return token;
}

Result<void> mail_token(const Tables& tables, events::Change& change, const Letters& letters,
                        const api::User& user, Letter letter) {
    const bool reset = letter == Letter::password_reset;
    const auto life = reset ? kResetLife : kVerifyLife;
    SHOP_TRY(token, new_mail_token(tables, change, user, reset ? kReset : kVerify, life));
    SHOP_CHECK(queue_mail(tables, change, user.id, user.email,
                          letters.write(letter, user.username, token, life), life));
    change.emit(reset ? "password_reset.requested" : "email_verification.requested", user.id,
                Json{{"user_id", user.id}});
    return {};
}

void mail_note(const Tables& tables, events::Change& change, const Letters& letters,
               const api::User& user, Letter letter, const std::string& what = "") {
    (void)queue_mail(tables, change, user.id, user.email,
                     letters.write(letter, user.username, "", {}, what), kMailLife);
}

struct TokenOwner {
    MailToken token;
    api::User user;
};
Result<TokenOwner> find_owner(const Tables& tables, const store::Snapshot& snapshot,
                              std::string_view token, std::string_view purpose, Time now) {
    auto record = tables.mail_tokens.get(snapshot, sha256_hex(token));
    if (!record || record->purpose != purpose || record->expires_at <= now) return bad_token();
    auto user = tables.users.get(snapshot, record->user_id);
    // The token ended with the address; this says so once more where it matters.
    if (!user || !user->active || to_lower(user->email) != to_lower(record->address))
        return bad_token();
    return TokenOwner{std::move(*record), std::move(*user)};
}

Result<void> store_confirmed(const Tables& tables, events::Change& change, api::User& user,
                             bool new_password) {
    Json before = schema::encode(user);
    // That it changed is told, and nothing of it.
    if (new_password) before["password"] = true;
    user.email_verified = true;
    user.version += 1;
    user.updated_at = change.now();
    SHOP_CHECK(tables.users.put(change.tx(), user));
    change.emit("user.updated", user.id, schema::encode(user), std::move(before));
    return {};
}

}  // namespace

Time kept_until(const MailToken& token) {
    return std::max<Time>(token.expires_at, token.created_at + kCounted);
}

Result<void> request_reset(const Tables& tables, events::Change& change, const Letters& letters,
                           std::string_view email) {
    SHOP_CHECK(check_outbox_room(tables, change.tx()));
    const auto user = tables.users.get_by(change.tx(), "email", to_lower(email));
    if (user && user->active && may_have_another(tables, change, user->id, kReset))
        return mail_token(tables, change, letters, *user, Letter::password_reset);
    // The same steps for nobody, whose token and mail go at once: what takes the time is the
    // commit.
    api::User nobody;
    nobody.id = "nobody";
    nobody.email = email;
    SHOP_TRY(token, new_mail_token(tables, change, nobody, kReset, kResetLife));
    (void)letters.write(Letter::password_reset, nobody.username, token, kResetLife);
    tables.mail_tokens.erase(change.tx(), sha256_hex(token));
    return {};
}

Result<api::User> find_by_reset_token(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view token, Time now) {
    SHOP_TRY(owner, find_owner(tables, snapshot, token, kReset, now));
    return std::move(owner.user);
}

Result<void> complete_reset(const Tables& tables, events::Change& change, const Letters& letters,
                            std::string_view token, const std::string& password_hash) {
    SHOP_TRY(owner, find_owner(tables, change.tx(), token, kReset, change.now()));
    tables.mail_tokens.erase(change.tx(), owner.token.hash);
    end_mail_tokens_of(tables, change, owner.user.id);
    change.tx().put(tables.credentials, owner.user.id, password_hash);
    SHOP_CHECK(store_confirmed(tables, change, owner.user, true));
    end_sessions_of(tables, change, owner.user.id, "");
    mail_note(tables, change, letters, owner.user, Letter::password_changed);
    return {};
}

Result<void> request_verification(const Tables& tables, events::Change& change,
                                  const Letters& letters, const api::User& user) {
    if (user.email_verified)
        return fail(Code::conflict, "The e-mail address of this account is confirmed already.");
    if (!may_have_another(tables, change, user.id, kVerify))
        return fail(Code::resource_exhausted,
                    "Several mails were sent within an hour. Look for them, or try again later.");
    SHOP_CHECK(check_outbox_room(tables, change.tx()));
    return mail_token(tables, change, letters, user, Letter::email_verify);
}

Result<void> complete_verification(const Tables& tables, events::Change& change,
                                   std::string_view token) {
    SHOP_TRY(owner, find_owner(tables, change.tx(), token, kVerify, change.now()));
    tables.mail_tokens.erase(change.tx(), owner.token.hash);
    return store_confirmed(tables, change, owner.user, false);
}

void mail_about_new(const Tables& tables, events::Change& change, const Letters& letters,
                    const api::User& user) {
    (void)request_verification(tables, change, letters, user);
}

void mail_about_update(const Tables& tables, events::Change& change, const Letters& letters,
                       const api::User& before, const api::User& after, bool new_password) {
    if (to_lower(before.email) != to_lower(after.email)) {
        // An address that was never confirmed may be anybody's: it is written to no more often than
        // the new one, so that an account is no means to fill somebody's mailbox.
        if (before.email_verified || may_have_another(tables, change, after.id, kVerify))
            mail_note(tables, change, letters, before, Letter::email_changed);
        (void)request_verification(tables, change, letters, after);
    }
    if (new_password) mail_note(tables, change, letters, before, Letter::password_changed);
}

void mail_about_access(const Tables& tables, events::Change& change, const Letters& letters,
                       const api::User& user, const std::string& what) {
    mail_note(tables, change, letters, user, Letter::sign_in_changed, what);
}

void end_mail_tokens_of(const Tables& tables, events::Change& change, std::string_view user_id) {
    for (auto& token : tokens_of_user(tables, change.tx(), user_id)) {
        token.expires_at = std::min(token.expires_at, change.now());
        // The key of no unique index changes, so this can't fail.
        (void)tables.mail_tokens.put(change.tx(), token);
    }
}

void forget_mails_of(const Tables& tables, events::Change& change, std::string_view user_id) {
    for (const auto& token : tokens_of_user(tables, change.tx(), user_id))
        tables.mail_tokens.erase(change.tx(), token.hash);
    std::vector<std::string> mails;
    tables.mails.walk_equal(change.tx(), "user", user_id, "", false,
                            [&](std::string_view id, std::string_view) {
                                mails.emplace_back(id);
                                return true;
                            });
    for (const auto& id : mails) tables.mails.erase(change.tx(), id);
}

}  // namespace shop::users
