// One's account: details, password and sessions, with the orders on the same page.
#include <fmt/format.h>

#include <algorithm>

#include "api/second_factor.hpp"
#include "api/sessions.hpp"
#include "base/text.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/user_agent.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr const char* kTitle = "Your account";
constexpr const char* kOrdersShown = "10";
constexpr const char* kSessionsShown = "100";

// Orders or, where orderd does not answer, that it does not.
Result<void> add_orders(Visit& visit, Json& model) {
    model["orders"] = Json::array();
    model["orders_down"] = false;
    model["has_orders"] = false;
    if (!visit.may(scope::kOrdersOwn)) return {};
    const std::string& cursor = visit.query().get("cursor");
    api::CallOptions options;
    options.query = {{"user", "me"}, {"limit", kOrdersShown}};
    if (!cursor.empty()) options.query.emplace_back("cursor", cursor);
    const auto page =
        visit.call<api::OrderPage>(order_needs(), "order_list", {}, std::move(options));
    if (!page && is_silence(page.error())) {
        model["orders_down"] = true;
        return {};
    }
    SHOP_CHECK(page);
    for (const auto& order : page->items)
        model["orders"].push_back(
            order_row(order, "/account/orders/" + std::to_string(order.number)));
    model["has_orders"] = !page->items.empty();
    Json pager = Json::object();
    if (!cursor.empty()) pager["first"] = "/account";
    if (page->next_cursor) pager["next"] = "/account?cursor=" + percent_encode(*page->next_cursor);
    if (!pager.empty()) model["pager"] = std::move(pager);
    return {};
}

Json session_model(const api::SessionInfo& session) {
    const Time used = session.last_used_at.value_or(session.created_at);
    const std::string address = session.address.value_or("");
    return {{"id", session.id},
            {"program", program_of(session.user_agent.value_or(""))},
            {"address", address.empty() ? "an unknown address" : address},
            {"began", date_time_text(session.created_at)},
            {"began_iso", format_time(session.created_at)},
            {"used", date_time_text(used)},
            {"used_iso", format_time(used)},
            {"is_current", session.current}};
}

// Sign-ins alone: API keys are the back office's.
Result<void> add_sessions(Visit& visit, Json& model) {
    api::CallOptions options;
    options.query = {{"limit", kSessionsShown}};
    SHOP_TRY(page,
             visit.call<api::SessionPage>(account_needs(), "session_list", {}, std::move(options)));
    std::erase_if(page.items,
                  [](const api::SessionInfo& session) { return session.kind == "key"; });
    std::ranges::stable_sort(page.items, std::ranges::greater{}, &api::SessionInfo::current);
    Json sessions = Json::array();
    for (const auto& session : page.items) sessions.push_back(session_model(session));
    model["has_other_sessions"] = std::ranges::any_of(
        page.items, [](const api::SessionInfo& session) { return !session.current; });
    model["sessions"] = std::move(sessions);
    return {};
}

Result<Json> account_model(Visit& visit) {
    SHOP_TRY(user, visit.call<api::User>(account_needs(), "user_get", {"me"}));
    SHOP_TRY(factor, visit.call<api::SecondFactor>(account_needs(), "second_factor_get"));
    Json model = {{"greeting", user.first_name.empty() ? user.username : user.first_name},
                  {"username", user.username},
                  {"first_name", user.first_name},
                  {"last_name", user.last_name},
                  {"email", user.email},
                  {"email_verified", user.email_verified},
                  {"version", std::to_string(user.version)},
                  {"factor_enabled", factor.enabled},
                  {"factor_left", number_text(factor.recovery_codes_left)}};
    SHOP_CHECK(add_sessions(visit, model));
    SHOP_CHECK(add_orders(visit, model));
    return model;
}

Result<Reply> account(Visit& visit, Call&) {
    SHOP_TRY(model, account_model(visit));
    return visit.page("account", kTitle, std::move(model));
}

Result<Reply> account_again(Visit& visit, const Error& error, FieldNames names, FieldNames typed) {
    if (!is_about_form(error)) return tl::make_unexpected(error);
    SHOP_TRY(model, account_model(visit));
    add_typed(model, visit.form(), typed);
    add_errors(model, error, names);
    // The form keeps what was typed, and the new version: sent once more it is meant so.
    if (error.code == Code::failed_precondition) model["problem"] = visit.text("account_changed");
    return come_back(visit, "account", kTitle, std::move(model), error);
}

Result<void> update(Visit& visit, Json patch, const std::string& if_match) {
    api::CallOptions options;
    options.body = std::move(patch);
    options.if_match = if_match;
    SHOP_CHECK(visit.send(account_needs(), "user_update", {"me"}, std::move(options)));
    return {};
}

Result<Reply> mail_verification(Visit& visit) {
    const auto sent = visit.send(account_needs(), "email_verification_create");
    if (!sent) return account_again(visit, sent.error(), {}, {});
    return visit.redirect("/account", "verification_mailed");
}

Result<Reply> account_do(Visit& visit, Call&) {
    const auto& form = visit.form();
    if (form.get("action") == "verify_email") return mail_verification(visit);
    Json patch = Json::object();
    for (const auto* name : {"first_name", "last_name", "email"})
        patch[name] = trim(form.get(name));
    if (form.has("current_password")) patch["current_password"] = form.get("current_password");
    const auto version = parse_int(form.get("version")).value_or(0);
    const auto saved = update(visit, std::move(patch), fmt::format("\"{}\"", version));
    if (!saved)
        return account_again(visit, saved.error(),
                             {"first_name", "last_name", "email", "current_password"},
                             {"first_name", "last_name", "email"});
    visit.renew_now();
    return visit.redirect("/account", "saved");
}

Result<Reply> account_password(Visit& visit, Call&) {
    const auto& form = visit.form();
    auto changed = update(
        visit,
        Json{{"password", form.get("password")}, {"current_password", form.get("old_password")}},
        "*");
    if (changed) return visit.redirect("/account", "password_changed");
    for (auto& field : changed.error().fields)
        if (field.pointer == "/current_password") field.pointer = "/old_password";
    return account_again(visit, changed.error(), {"password", "old_password"}, {});
}

Result<Reply> account_session_end(Visit& visit, Call&) {
    const auto& form = visit.form();
    const std::string& session = form.get("session");
    api::CallOptions options;
    if (form.has("others")) options.query = {{"others", "true"}};
    if (!form.has("others") && session.empty())
        return fail(Code::invalid_argument, visit.text("form_too_old"));
    const auto ended =
        form.has("others")
            ? visit.send(account_needs(), "session_end_all", {}, std::move(options))
            : visit.send(account_needs(), "session_end", {session}, std::move(options));
    // One that has ended by itself meanwhile is what was wanted.
    if (!ended && ended.error().code != Code::not_found) return tl::make_unexpected(ended.error());
    return visit.redirect("/account", "session_ended");
}

constexpr PageRow kPages[] = {{"account", scope::kSignedIn, account},
                              {"account_do", scope::kSignedIn, account_do},
                              {"account_password", scope::kSignedIn, account_password},
                              {"account_session_end", scope::kSignedIn, account_session_end}};

}  // namespace

std::span<const PageRow> account_pages() { return kPages; }

}  // namespace shop::storefront
