// Into an account and out of it.
#include <algorithm>

#include "base/text.hpp"
#include "storefrontd/cart_entry.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/pages.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;

constexpr const char* kLoginTitle = "Sign in";
constexpr const char* kRegisterTitle = "Make an account";

std::string trimmed(const std::string& text) { return std::string(trim(text)); }

Json login_model(const Errand& errand) {
    Json model = {{"needs_code", false}, {"register_href", errand.address("/register")}};
    errand.add_to(model);
    return model;
}

Json register_model(const Errand& errand) {
    Json model = {{"login_href", errand.address("/login")}};
    errand.add_to(model);
    return model;
}

Result<Reply> login(Visit& visit, Call&) {
    const Errand errand = Errand::read(visit.query());
    if (visit.signed_in()) return visit.redirect(errand.next);
    return visit.page("login", kLoginTitle, login_model(errand));
}

Result<api::Session> begin_session(Visit& visit, const std::string& username,
                                   const std::string& password, const std::string& code) {
    api::CallOptions options;
    options.body = Json{{"username", username}, {"password", password}};
    if (!code.empty()) (*options.body)["code"] = code;
    options.token = "";
    return visit.call<api::Session>(account_needs(), "session_create", {}, std::move(options));
}

Result<void> let_in(Visit& visit, const api::Session& session) {
    if (visit.signed_in()) visit.end_session();  // another one, of this browser
    return visit.sign_in(session);
}

// The form again. An account with a second factor is told from a wrong password by the field that
// userd names.
Result<Reply> not_signed_in(Visit& visit, const Errand& errand, const Error& error) {
    const bool is_down = is_silence(error);
    if (!is_down && !is_about_form(error) && error.code != Code::unauthenticated)
        return tl::make_unexpected(error);
    Json model = login_model(errand);
    add_typed(model, visit.form(), {"username"});
    add_errors(model, error, {"username", "password", "code"});
    model["needs_code"] = model.contains("error_code");
    if (model.contains("error_code")) model["problem"] = visit.text("login_code_needed");
    if (is_down) model["problem"] = visit.text("accounts_down");
    return come_back(visit, "login", kLoginTitle, std::move(model), error);
}

Result<Reply> login_do(Visit& visit, Call&) {
    const auto& form = visit.form();
    const Errand errand = Errand::read(form);
    const auto session = begin_session(visit, trimmed(form.get("username")), form.get("password"),
                                       trimmed(form.get("code")));
    if (!session) return not_signed_in(visit, errand, session.error());
    SHOP_CHECK(let_in(visit, *session));
    return finish_errand(visit, errand, "signed_in");
}

Result<Reply> register_form(Visit& visit, Call&) {
    const Errand errand = Errand::read(visit.query());
    if (visit.signed_in()) return visit.redirect(errand.next);
    return visit.page("register", kRegisterTitle, register_model(errand));
}

Result<Reply> not_registered(Visit& visit, const Errand& errand, const Error& error) {
    if (!is_about_form(error) && !is_silence(error)) return tl::make_unexpected(error);
    Json model = register_model(errand);
    add_typed(model, visit.form(), {"username", "email", "first_name", "last_name"});
    add_errors(model, error, {"username", "email", "first_name", "last_name", "password"});
    if (is_silence(error)) model["problem"] = visit.text("accounts_down");
    return come_back(visit, "register", kRegisterTitle, std::move(model), error);
}

Result<Reply> register_do(Visit& visit, Call&) {
    const auto& form = visit.form();
    const Errand errand = Errand::read(form);
    const std::string username = trimmed(form.get("username"));
    api::CallOptions options;
    options.body = Json{{"username", username},
                        {"email", trimmed(form.get("email"))},
                        {"first_name", trimmed(form.get("first_name"))},
                        {"last_name", trimmed(form.get("last_name"))},
                        {"password", form.get("password")}};
    options.token = "";
    const auto made = visit.call<api::User>(account_needs(), "user_create", {}, std::move(options));
    if (!made) return not_registered(visit, errand, made.error());
    const auto session = begin_session(visit, username, form.get("password"), "");
    // The account is there: whatever keeps its owner out now, signing in is what is left to do.
    if (!session) return visit.redirect(errand.address("/login"), "account_made");
    SHOP_CHECK(let_in(visit, *session));
    return finish_errand(visit, errand, "registered");
}

Result<Reply> logout(Visit& visit, Call&) {
    visit.end_session();
    return visit.redirect("/", "signed_out");
}

constexpr PageRow kPages[] = {{"login", auth::scope::kOpen, login},
                              {"login_do", auth::scope::kOpen, login_do},
                              {"register", auth::scope::kOpen, register_form},
                              {"register_do", auth::scope::kOpen, register_do},
                              {"logout", auth::scope::kOpen, logout}};

}  // namespace

std::span<const PageRow> sign_in_pages() { return kPages; }

}  // namespace shop::storefront
