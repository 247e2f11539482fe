// Behind the links of userd's mails: a new password, a confirmed address. Mail programs follow
// links by themselves, so a link alone changes nothing: its page asks first.
#include "base/text.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/pages.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;

constexpr const char* kResetTitle = "A new password";
constexpr const char* kNewTitle = "Set a new password";
constexpr const char* kVerifyTitle = "Confirm your address";

Result<void> send(Visit& visit, std::string_view id, Json body) {
    api::CallOptions options;
    options.body = std::move(body);
    options.token = "";
    SHOP_CHECK(visit.send(account_needs(), id, {}, std::move(options)));
    return {};
}

// userd does not know the token: it was used, is over, or never was one.
bool is_of_token(const Error& error) {
    if (error.code == Code::unauthenticated) return true;
    for (const auto& field : error.fields)
        if (field.pointer == "/token") return true;
    return false;
}

Result<Reply> password_reset(Visit& visit, Call&) {
    return visit.page("password_reset", kResetTitle, {{"is_sent", visit.query().has("sent")}});
}

Result<Reply> password_reset_do(Visit& visit, Call&) {
    const auto sent =
        send(visit, "password_reset_create", Json{{"email", trim(visit.form().get("email"))}});
    if (sent) return visit.redirect("/password-reset?sent=1");
    if (!is_about_form(sent.error())) return tl::make_unexpected(sent.error());
    Json model = {{"is_sent", false}};
    add_typed(model, visit.form(), {"email"});
    add_errors(model, sent.error(), {"email"});
    return come_back(visit, "password_reset", kResetTitle, std::move(model), sent.error());
}

Result<Reply> password_new(Visit& visit, Call&) {
    return visit.page("password_new", kNewTitle, {{"token", visit.query().get("token")}});
}

Result<Reply> password_new_do(Visit& visit, Call&) {
    const auto& form = visit.form();
    const auto set = send(visit, "password_reset_complete",
                          Json{{"token", form.get("token")}, {"password", form.get("password")}});
    if (set) {
        // All sessions of the account have ended; whose this browser has is another question.
        visit.end_session();
        return visit.redirect("/login", "password_set");
    }
    const bool of_token = is_of_token(set.error());
    if (!of_token && !is_about_form(set.error())) return tl::make_unexpected(set.error());
    Json model = {{"token", of_token ? "" : form.get("token")}};
    if (!of_token) add_errors(model, set.error(), {"password"});
    return come_back(visit, "password_new", kNewTitle, std::move(model), set.error());
}

Result<Reply> verify_email(Visit& visit, Call&) {
    return visit.page(
        "verify_email", kVerifyTitle,
        {{"token", visit.query().get("token")}, {"is_done", visit.query().has("done")}});
}

Result<Reply> verify_email_do(Visit& visit, Call&) {
    const std::string& token = visit.form().get("token");
    const auto done = send(visit, "email_verification_complete", Json{{"token", token}});
    if (done) return visit.redirect("/verify-email?done=1");
    const bool of_token = is_of_token(done.error());
    if (!of_token && !is_about_form(done.error())) return tl::make_unexpected(done.error());
    Json model = {{"token", of_token ? "" : token}, {"is_done", false}};
    if (!of_token) add_errors(model, done.error(), {});
    return come_back(visit, "verify_email", kVerifyTitle, std::move(model), done.error());
}

constexpr PageRow kPages[] = {{"password_reset", auth::scope::kOpen, password_reset},
                              {"password_reset_do", auth::scope::kOpen, password_reset_do},
                              {"password_new", auth::scope::kOpen, password_new},
                              {"password_new_do", auth::scope::kOpen, password_new_do},
                              {"verify_email", auth::scope::kOpen, verify_email},
                              {"verify_email_do", auth::scope::kOpen, verify_email_do}};

}  // namespace

std::span<const PageRow> recovery_pages() { return kPages; }

}  // namespace shop::storefront
