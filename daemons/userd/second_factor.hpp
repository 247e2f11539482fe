// The second factor of a sign-in: codes of an authenticator app (auth/totp.hpp), and recovery codes
// for the day on which it is not at hand.
//
// Each code works once: of the app's the step that was used last is kept, of the recovery codes
// those that are left. They are kept as SHA-256: they are random, so a slow hash would add nothing.
// Events say what happened and hold no code.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/second_factor.hpp"
#include "auth/principal.hpp"
#include "userd/store.hpp"

namespace shop::users {

inline constexpr std::size_t kRecoveryCodes = 10;

// Whether a sign-in of the account needs a code.
bool has_second_factor(const Tables& tables, const store::Snapshot& snapshot,
                       std::string_view user_id);
// Whether the shop wants one of the account and it has none: it may sign in to set it up, no more.
bool must_enrol(const Tables& tables, const store::Snapshot& snapshot, const api::User& user);
api::SecondFactor second_factor_of(const Tables& tables, const store::Snapshot& snapshot,
                                   std::string_view user_id);

enum class CodeCheck {
    not_needed,  // the account has no second factor
    right,       // and used up now
    missing,
    wrong,  // or used before
};
CodeCheck use_code(const Tables& tables, events::Change& change, const api::User& user,
                   const std::optional<std::string>& code);

// A new secret, not in force until it was confirmed. conflict where one is in force.
Result<api::SecondFactorSecret> start_second_factor(const Tables& tables, events::Change& change,
                                                    const api::User& user);
// conflict where nothing was started, or one is in force; invalid_argument at /code for a wrong
// code, which sets `wrong`.
Result<api::RecoveryCodes> confirm_second_factor(const Tables& tables, events::Change& change,
                                                 const api::User& user, const std::string& code,
                                                 bool& wrong);
// For an account that has one.
Result<api::RecoveryCodes> renew_recovery_codes(const Tables& tables, events::Change& change,
                                                const api::User& user);
void disable_second_factor(const Tables& tables, events::Change& change, const api::User& user);
// For somebody who has lost both app and codes, by whoever has all of that account's rights. Ends
// its sessions. Nothing to take off is no error. conflict for one's own.
Result<void> reset_second_factor(const Tables& tables, events::Change& change,
                                 const api::User& user);

}  // namespace shop::users
