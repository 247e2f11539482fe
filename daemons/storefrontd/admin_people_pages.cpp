// Accounts in the back office.
#include <fmt/format.h>

#include "api/roles.hpp"
#include "api/sessions.hpp"
#include "storefrontd/form_errors.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/user_agent.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr FieldName kListFields[] = {{"q", "q"}, {"role", "q"}};
constexpr FieldName kRoleFields[] = {{"role", "role"}};

std::string href_of(const api::User& user) { return "/admin/customers/" + user.id; }

std::string full_name(const api::User& user) {
    const bool both = !user.first_name.empty() && !user.last_name.empty();
    return fmt::format("{}{}{}", user.first_name, both ? " " : "", user.last_name);
}

Json facts_of(const api::User& user) {
    return {{"number", std::to_string(user.number)},
            {"href", href_of(user)},
            {"username", user.username},
            {"email", user.email},
            {"role", user.role},
            {"created", date_text(user.created_at)},
            {"created_iso", format_time(user.created_at)},
            {"full_name", full_name(user)},
            {"is_active", user.active},
            {"email_verified", user.email_verified}};
}

// All roles to choose from; what userd does not say is left out.
Json role_filter(Visit& visit, const std::string& current) {
    Json list = Json::array();
    list.push_back({{"value", ""}, {"label", "All"}, {"is_current", current.empty()}});
    const auto roles = visit.call<api::RoleList>(account_needs(), "role_list");
    if (!roles) return list;
    for (const auto& role : roles->items)
        list.push_back(
            {{"value", role.name}, {"label", role.name}, {"is_current", role.name == current}});
    return list;
}

Result<Reply> customers(Visit& visit, Call&) {
    const auto& query = visit.query();
    const std::string q = typed(query, "q"), role = typed(query, "role");
    Json model = {{"q", q},
                  {"roles", role_filter(visit, role)},
                  {"customers", Json::array()},
                  {"has_customers", false}};
    if (!q.empty()) {
        const auto one = visit.call<api::User>(account_needs(), "user_get", {q});
        if (one) return visit.redirect(href_of(*one));
        if (!is_about_form(one.error())) return tl::make_unexpected(one.error());
        model["error_q"] = "Nobody has this username, number or id. Write it in full.";
        return visit.page("admin_customers", "Customers", std::move(model));
    }
    Fields::Pairs wanted = {{"limit", "50"}};
    if (!role.empty()) wanted.emplace_back("role", role);
    if (query.has("cursor")) wanted.emplace_back("cursor", query.get("cursor"));
    auto page =
        visit.call<api::UserPage>(account_needs(), "user_list", {}, {.query = std::move(wanted)});
    if (!page) {
        if (!is_about_form(page.error())) return tl::make_unexpected(page.error());
        tell(model, page.error(), kListFields);
        return visit.page("admin_customers", "Customers", std::move(model), 400);
    }
    for (const auto& user : page->items) model["customers"].push_back(facts_of(user));
    model["has_customers"] = !page->items.empty();
    model["pager"] = pager_of(Address("/admin/customers").with("role", role), query.get("cursor"),
                              page->next_cursor);
    return visit.page("admin_customers", "Customers", std::move(model));
}

void add_orders(Visit& visit, const api::User& user, Json& model) {
    model["shows_orders"] = false;
    if (!visit.may(scope::kOrdersRead)) return;
    const auto page = visit.call<api::OrderPage>(order_needs(), "order_list", {},
                                                 {.query = {{"user", user.id}, {"limit", "20"}}});
    model["shows_orders"] = true;
    model["orders"] = Json::array();
    model["orders_down"] = !page;
    if (page)
        for (const auto& order : page->items)
            model["orders"].push_back(order_row(order, "/admin/orders/" + order.id));
    model["has_orders"] = !model["orders"].empty();
}

std::string kind_label(const api::SessionInfo& session) {
    if (session.kind == "key") return "API key";
    if (session.kind == "course") return "The course's API";
    return "Signed in";
}

void add_sessions(Visit& visit, const api::User& user, Json& model) {
    Json list = Json::array();
    const auto page = visit.call<api::SessionPage>(account_needs(), "session_list", {},
                                                   {.query = {{"user", user.id}, {"limit", "20"}}});
    if (page)
        for (const auto& session : page->items) {
            const Time used = session.last_used_at.value_or(session.created_at);
            list.push_back(
                {{"kind_label", kind_label(session)},
                 {"name", session.name.value_or(program_of(session.user_agent.value_or("")))},
                 {"address", session.address.value_or("unknown address")},
                 {"began", date_time_text(session.created_at)},
                 {"began_iso", format_time(session.created_at)},
                 {"used", date_time_text(used)},
                 {"used_iso", format_time(used)}});
        }
    model["has_sessions"] = !list.empty();
    model["sessions"] = std::move(list);
}

Json role_options(Visit& visit, const std::string& current) {
    Json list = Json::array();
    const auto roles = visit.call<api::RoleList>(account_needs(), "role_list");
    if (!roles) return list;
    for (const auto& role : roles->items) {
        const char* dash = role.description.empty() ? "" : " – ";
        list.push_back({{"value", role.name},
                        {"label", fmt::format("{}{}{}", role.name, dash, role.description)},
                        {"is_current", role.name == current}});
    }
    return list;
}

Json model_of(Visit& visit, const api::User& user, const std::string& role) {
    Json model = {{"customer", facts_of(user)},
                  {"version", std::to_string(user.version)},
                  {"can_write", visit.may(scope::kUsersWrite)},
                  {"role_action", href_of(user) + "/role"}};
    if (visit.may(scope::kUsersWrite)) model["role_options"] = role_options(visit, role);
    add_orders(visit, user, model);
    add_sessions(visit, user, model);
    return model;
}

Result<Reply> customer(Visit& visit, Call& call) {
    SHOP_TRY(user, visit.call<api::User>(account_needs(), "user_get", {call.param("user")}));
    return visit.page("admin_customer", user.username, model_of(visit, user, user.role));
}

Result<Reply> give_role(Visit& visit, Call& call) {
    const std::string& ref = call.param("user");
    const std::string role = typed(visit.form(), "role");
    const auto give = [&]() -> Result<api::User> {
        SHOP_TRY(version, if_match_of(visit.form()));
        return visit.call<api::User>(account_needs(), "user_update", {ref},
                                     {.body = Json{{"role", role}}, .if_match = version});
    };
    const auto done = give();
    if (done) return visit.redirect(href_of(*done), "role_given");
    const Error& error = done.error();
    if (!is_about_form(error) && error.code != Code::permission_denied)
        return tl::make_unexpected(error);
    SHOP_TRY(user, visit.call<api::User>(account_needs(), "user_get", {ref}));
    const bool changed = error.code == Code::failed_precondition;
    Json model = model_of(visit, user, changed ? user.role : role);
    if (changed)
        model["problem"] =
            "Somebody changed this account meanwhile, so its role was not changed. Here is what it "
            "is now: look at it, then choose once more.";
    else
        tell(model, error, kRoleFields);
    return come_back(visit, "admin_customer", user.username, std::move(model), error);
}

constexpr PageRow kPages[] = {{"admin_customers", scope::kUsersRead, customers},
                              {"admin_customer", scope::kUsersRead, customer},
                              {"admin_customer_role", scope::kUsersWrite, give_role}};

}  // namespace

std::span<const PageRow> admin_people_pages() { return kPages; }

}  // namespace shop::storefront
