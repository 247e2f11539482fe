#include "userd/second_factor.hpp"

#include <algorithm>

#include "auth/totp.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "userd/roles.hpp"
#include "userd/sessions.hpp"

namespace shop::users {
namespace {

constexpr std::string_view kIssuer = "shop";
constexpr std::size_t kGroup = 4, kGroups = 3;  // of a recovery code: 60 bits

// As people type it: any case, with or without blanks and dashes.
std::string plain(std::string_view code) {
    std::string out = to_lower(code);
    std::erase_if(out, [](char c) { return c == ' ' || c == '-'; });
    return out;
}

std::string new_recovery_code() {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::string code;
    for (const char byte : random_bytes(kGroup * kGroups)) {
        if (code.size() % (kGroup + 1) == kGroup) code += '-';
        code += alphabet[static_cast<unsigned char>(byte) % alphabet.size()];
    }
    return code;
}

// Salted with what is random and the account's alone: a code has but 60 bits.
std::string recovery_hash(const SecondFactorRecord& factor, std::string_view code) {
    return sha256_hex(factor.secret + " " + plain(code));
}

void say(events::Change& change, std::string type, const api::User& user) {
    change.emit(std::move(type), user.id, Json{{"id", user.id}, {"username", user.username}});
}

std::optional<SecondFactorRecord> confirmed_factor(const Tables& tables,
                                                   const store::Snapshot& snapshot,
                                                   std::string_view user_id) {
    if (user_id.empty()) return std::nullopt;
    auto factor = tables.second_factors.get(snapshot, user_id);
    if (!factor || !factor->confirmed) return std::nullopt;
    return factor;
}

// Uses the code up; false where it is none, or was used before.
bool spend(SecondFactorRecord& factor, const std::string& code, Time now) {
    if (const auto step = auth::find_totp_step(factor.secret, code, now, factor.last_step)) {
        factor.last_step = *step;
        return true;
    }
    const auto at = std::ranges::find(factor.recovery_hashes, recovery_hash(factor, code));
    if (at == factor.recovery_hashes.end()) return false;
    factor.recovery_hashes.erase(at);
    return true;
}

Result<api::RecoveryCodes> keep_with_new_codes(const Tables& tables, events::Change& change,
                                               SecondFactorRecord factor) {
    api::RecoveryCodes shown;
    factor.recovery_hashes.clear();
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
        shown.recovery_codes.push_back(new_recovery_code());
        factor.recovery_hashes.push_back(recovery_hash(factor, shown.recovery_codes.back()));
    }
    SHOP_CHECK(tables.second_factors.put(change.tx(), factor));
    return shown;
}

Failure on_already() {
    return fail(Code::conflict,
                "The second factor is on already. Disable it first to set up "
                "another app.");
}

}  // namespace

bool has_second_factor(const Tables& tables, const store::Snapshot& snapshot,
                       std::string_view user_id) {
    return confirmed_factor(tables, snapshot, user_id).has_value();
}

bool must_enrol(const Tables& tables, const store::Snapshot& snapshot, const api::User& user) {
    return tables.staff_needs_second_factor && user.role != "customer" &&
           !has_second_factor(tables, snapshot, user.id);
}

api::SecondFactor second_factor_of(const Tables& tables, const store::Snapshot& snapshot,
                                   std::string_view user_id) {
    const auto factor = confirmed_factor(tables, snapshot, user_id);
    const auto user = tables.users.get(snapshot, user_id);
    return {factor.has_value(), factor ? std::ssize(factor->recovery_hashes) : 0,
            tables.staff_needs_second_factor && user && user->role != "customer"};
}

CodeCheck use_code(const Tables& tables, events::Change& change, const api::User& user,
                   const std::optional<std::string>& code) {
    auto factor = confirmed_factor(tables, change.tx(), user.id);
    if (!factor) return CodeCheck::not_needed;
    if (!code) return CodeCheck::missing;
    const std::size_t before = factor->recovery_hashes.size();
    if (!spend(*factor, plain(*code), change.now()) ||
        !tables.second_factors.put(change.tx(), *factor))
        return CodeCheck::wrong;
    if (factor->recovery_hashes.size() < before) say(change, "user.recovery_code_used", user);
    return CodeCheck::right;
}

Result<api::SecondFactorSecret> start_second_factor(const Tables& tables, events::Change& change,
                                                    const api::User& user) {
    if (has_second_factor(tables, change.tx(), user.id)) return on_already();
    const SecondFactorRecord factor{
        .user_id = user.id, .secret = auth::new_totp_secret(), .created_at = change.now()};
    SHOP_CHECK(tables.second_factors.put(change.tx(), factor));
    say(change, "user.second_factor_started", user);
    return api::SecondFactorSecret{factor.secret,
                                   auth::totp_uri(factor.secret, kIssuer, user.username)};
}

Result<api::RecoveryCodes> confirm_second_factor(const Tables& tables, events::Change& change,
                                                 const api::User& user, const std::string& code,
                                                 bool& wrong) {
    auto factor = tables.second_factors.get(change.tx(), user.id);
    if (!factor)
        return fail(Code::conflict, "No second factor was set up. Get a secret for the app first.");
    if (factor->confirmed) return on_already();
    wrong = !spend(*factor, plain(code), change.now());
    if (wrong)
        return fail_field("/code",
                          "is not the app's code of this moment: compare the clocks of "
                          "both, and type the code that the app shows now");
    factor->confirmed = true;
    SHOP_TRY(shown, keep_with_new_codes(tables, change, *std::move(factor)));
    say(change, "user.second_factor_enabled", user);
    return shown;
}

Result<api::RecoveryCodes> renew_recovery_codes(const Tables& tables, events::Change& change,
                                                const api::User& user) {
    auto factor = confirmed_factor(tables, change.tx(), user.id);
    if (!factor) return fail(Code::conflict, "The second factor is not on.");
    SHOP_TRY(shown, keep_with_new_codes(tables, change, *std::move(factor)));
    say(change, "user.recovery_codes_renewed", user);
    return shown;
}

void disable_second_factor(const Tables& tables, events::Change& change, const api::User& user) {
    if (tables.second_factors.erase(change.tx(), user.id))
        say(change, "user.second_factor_disabled", user);
}

Result<void> reset_second_factor(const Tables& tables, events::Change& change,
                                 const api::User& user) {
    const auto& who = change.origin().principal;
    if (user.id == who.user_id)
        return fail(Code::conflict,
                    "One's own second factor is disabled with a code: POST "
                    "/v1/second-factor/disable.");
    if (!may_all_of_role(tables, change.tx(), who, user.role))
        return fail(Code::permission_denied,
                    "The account " + user.username +
                        " may more than you, so it is not yours to change. Ask an administrator.");
    if (!tables.second_factors.erase(change.tx(), user.id)) return {};
    say(change, "user.second_factor_reset", user);
    end_sessions_of(tables, change, user.id, "");
    return {};
}

}  // namespace shop::users
