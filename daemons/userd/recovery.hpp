// Forgotten passwords and e-mail addresses that are to be confirmed: tokens that go out by mail.
//
// A token works once, for a while, for one purpose, and no longer once the account's password or
// address has changed. What is mailed is put into the outbox in the same transaction as the token.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "userd/letters.hpp"
#include "userd/store.hpp"

namespace shop::users {

inline constexpr std::chrono::minutes kResetLife{30};
inline constexpr std::chrono::minutes kVerifyLife{24 * 60};
inline constexpr int kTokensAnHour = 3;  // of one purpose, for one account

// Until when a token's record is kept: it counts for an hour, also where it works no more.
Time kept_until(const MailToken& token);

// Mails a token to the account with this address where there is one that may sign in and it had
// fewer than kTokensAnHour. Success in each case, after about the same work, so that nobody learns
// who has an account. unavailable where the outbox is full.
Result<void> request_reset(const Tables& tables, events::Change& change, const Letters& letters,
                           std::string_view email);
// Whose reset token this is. unauthenticated where it is unknown, used or over.
Result<api::User> find_by_reset_token(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view token, Time now);
// Sets the password, ends all sessions, confirms the address and tells the owner. A second factor
// stays as it is. unauthenticated as above.
Result<void> complete_reset(const Tables& tables, events::Change& change, const Letters& letters,
                            std::string_view token, const std::string& password_hash);

// Mails a token to the account's address. conflict where it is confirmed already;
// resource_exhausted after kTokensAnHour; unavailable where the outbox is full.
Result<void> request_verification(const Tables& tables, events::Change& change,
                                  const Letters& letters, const api::User& user);
// unauthenticated where the token is unknown, used or over.
Result<void> complete_verification(const Tables& tables, events::Change& change,
                                   std::string_view token);

// What a new account, or a change of one, has mailed: a token to a new address, a note to the one
// before, a note about a new password. A mail that can't be written is no reason to refuse the
// change: its owner can ask for a token later.
void mail_about_new(const Tables& tables, events::Change& change, const Letters& letters,
                    const api::User& user);
void mail_about_update(const Tables& tables, events::Change& change, const Letters& letters,
                       const api::User& before, const api::User& after, bool new_password);

// A note to the owner about what now gives access to the account; `what` is a sentence.
void mail_about_access(const Tables& tables, events::Change& change, const Letters& letters,
                       const api::User& user, const std::string& what);

// The account's tokens work no more.
void end_mail_tokens_of(const Tables& tables, events::Change& change, std::string_view user_id);
// Nothing about mails of an account that is deleted stays.
void forget_mails_of(const Tables& tables, events::Change& change, std::string_view user_id);

}  // namespace shop::users
