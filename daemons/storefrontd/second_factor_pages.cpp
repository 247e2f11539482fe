// One's second factor: set up, given new recovery codes, taken off.
#include "api/second_factor.hpp"
#include "base/text.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/qr.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr const char* kTitle = "Second factor";
constexpr const char* kAddress = "/account/second-factor";
constexpr std::size_t kGroup = 4;  // letters of the secret that are read at once
constexpr std::size_t kUriBytesMax = 500;

std::string in_groups(const std::string& secret) {
    std::string out;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        if (i > 0 && i % kGroup == 0) out += ' ';
        out += secret[i];
    }
    return out;
}

Json setup_model(const api::SecondFactorSecret& made) {
    return {{"secret", in_groups(made.secret)},
            {"plain_secret", made.secret},
            {"uri", made.uri},
            {"qr", qr_svg(made.uri)}};
}

// What the form of the first code brings along, so that a mistyped code does not start anew; userd
// has the secret that counts.
Json setup_again(const Fields& form) {
    api::SecondFactorSecret made{form.get("secret"), form.get("uri")};
    const bool is_ours = made.uri.starts_with("otpauth://totp/") &&
                         made.uri.size() <= kUriBytesMax && made.secret.size() <= kUriBytesMax;
    return is_ours ? setup_model(made) : Json(false);
}

Result<Json> factor_model(Visit& visit) {
    SHOP_TRY(factor, visit.call<api::SecondFactor>(account_needs(), "second_factor_get"));
    return Json{{"is_enabled", factor.enabled},
                {"is_required", factor.required},
                {"codes_left", number_text(factor.recovery_codes_left)},
                {"has_recovery_codes", false},
                {"recovery_codes", Json::array()},
                {"setup", false}};
}

Result<Reply> second_factor(Visit& visit, Call&) {
    SHOP_TRY(model, factor_model(visit));
    return visit.page("second_factor", kTitle, std::move(model));
}

Result<http::Response> send(Visit& visit, std::string_view id, const char* name,
                            std::string_view value) {
    api::CallOptions options;
    options.body = Json{{name, value}};
    return visit.send(account_needs(), id, {}, std::move(options));
}

// The page with what an action gave; never kept anywhere, so that it is seen this once.
Result<Reply> show_codes(Visit& visit, const std::string& body) {
    SHOP_TRY(codes, schema::decode_text<api::RecoveryCodes>(body, schema::Mode::stored));
    SHOP_TRY(model, factor_model(visit));
    model["recovery_codes"] = codes.recovery_codes;
    model["has_recovery_codes"] = true;
    return visit.page("second_factor", kTitle, std::move(model));
}

Result<Reply> show_setup(Visit& visit, const std::string& body) {
    SHOP_TRY(secret, schema::decode_text<api::SecondFactorSecret>(body, schema::Mode::stored));
    SHOP_TRY(model, factor_model(visit));
    model["setup"] = setup_model(secret);
    return visit.page("second_factor", kTitle, std::move(model));
}

Result<Reply> refused(Visit& visit, const std::string& action, const Error& error) {
    if (!is_about_form(error)) return tl::make_unexpected(error);
    SHOP_TRY(model, factor_model(visit));
    if (action == "confirm") model["setup"] = setup_again(visit.form());
    add_errors(model, error, {"password", "code"});
    return come_back(visit, "second_factor", kTitle, std::move(model), error);
}

Result<Reply> second_factor_do(Visit& visit, Call&) {
    const auto& form = visit.form();
    const std::string& action = form.get("action");
    const auto code = trim(form.get("code"));
    const auto answer =
        action == "start"     ? send(visit, "second_factor_start", "password", form.get("password"))
        : action == "confirm" ? send(visit, "second_factor_confirm", "code", code)
        : action == "recovery_codes" ? send(visit, "second_factor_recovery_codes", "code", code)
        : action == "disable"
            ? send(visit, "second_factor_disable", "code", code)
            : Result<http::Response>(fail(Code::invalid_argument, visit.text("form_too_old")));
    if (!answer) return refused(visit, action, answer.error());
    if (action == "start") return show_setup(visit, answer->body);
    // The account may have more rights with it, or less without.
    visit.renew_now();
    if (action == "disable") return visit.redirect(kAddress, "second_factor_off");
    return show_codes(visit, answer->body);
}

constexpr PageRow kPages[] = {{"second_factor", scope::kSignedIn, second_factor},
                              {"second_factor_do", scope::kSignedIn, second_factor_do}};

}  // namespace

std::span<const PageRow> second_factor_pages() { return kPages; }

}  // namespace shop::storefront
