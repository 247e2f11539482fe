// Staff, roles and API keys in the back office.
#include <fmt/format.h>

#include <algorithm>

#include "api/api_keys.hpp"
#include "api/roles.hpp"
#include "base/text.hpp"
#include "storefrontd/form_errors.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr std::size_t kStaffMax = 200;  // more of them are found by role, among the accounts
constexpr FieldName kRoleFields[] = {
    {"role", "role_name"}, {"description", "description"}, {"scopes", "scopes"}};
constexpr FieldName kKeyFields[] = {{"name", "key_name"}, {"days", "days"}, {"scopes", "scopes"}};

// Rights to choose from: those that `offered` lets through, checked where they are in `chosen`.
template <class Offered>
Json scope_boxes(const std::vector<std::string>& chosen, Offered offered) {
    Json list = Json::array();
    for (const auto& right : auth::grantable_scopes()) {
        if (!offered(right.name)) continue;
        std::string id = "scope-" + std::string(right.name);
        std::ranges::replace(id, ':', '-');
        std::ranges::replace(id, '_', '-');
        list.push_back({{"name", right.name},
                        {"doc", right.doc},
                        {"field_id", id},
                        {"is_checked", std::ranges::find(chosen, right.name) != chosen.end()}});
    }
    return list;
}

bool is_told_in_form(const Error& error) {
    return is_about_form(error) || error.code == Code::permission_denied;
}

// Whoever has more than a customer's role.
Json staff_of(Visit& visit, const std::vector<api::Role>& roles) {
    Json list = Json::array();
    for (const auto& role : roles) {
        if (role.name == "customer" || list.size() >= kStaffMax) continue;
        const auto page = visit.call<api::UserPage>(
            account_needs(), "user_list", {}, {.query = {{"role", role.name}, {"limit", "50"}}});
        if (!page) continue;
        for (const auto& user : page->items)
            list.push_back({{"username", user.username},
                            {"href", "/admin/customers/" + user.id},
                            {"role", user.role}});
    }
    return list;
}

Json role_row(const api::Role& role) {
    return {{"name", role.name},
            {"purpose", role.description},
            {"rights", role.scopes},
            {"is_built_in", role.built_in},
            {"edit_href", Address("/admin/roles").with("role", role.name).text()},
            {"delete_action", fmt::format("/admin/roles/{}/delete", percent_encode(role.name))}};
}

// What the form of a role has: as it is, or as typed.
struct RoleForm {
    std::string name;
    std::string description;
    std::vector<std::string> scopes;
    bool is_change = false;
};

Result<Json> roles_model(Visit& visit, const RoleForm& form) {
    SHOP_TRY(roles, visit.call<api::RoleList>(account_needs(), "role_list"));
    Json rows = Json::array();
    for (const auto& role : roles.items) rows.push_back(role_row(role));
    Json staff = staff_of(visit, roles.items);
    const bool has_staff = !staff.empty();
    return Json{
        {"staff", std::move(staff)},
        {"has_staff", has_staff},
        {"roles", std::move(rows)},
        {"can_write", visit.may(scope::kRolesWrite)},
        {"form_heading", form.is_change ? fmt::format("Change {}", form.name) : "A new role"},
        {"role_name", form.name},
        {"is_change", form.is_change},
        {"description", form.description},
        {"scopes", scope_boxes(form.scopes, [](std::string_view) { return true; })}};
}

Result<Reply> roles(Visit& visit, Call&) {
    RoleForm form;
    if (const std::string wanted = visit.query().get("role"); !wanted.empty()) {
        SHOP_TRY(all, visit.call<api::RoleList>(account_needs(), "role_list"));
        const auto role = std::ranges::find(all.items, wanted, &api::Role::name);
        if (role == all.items.end() || role->built_in)
            return fail(Code::not_found, "There is no role of the shop's own of this name.");
        form = {role->name, role->description, role->scopes, true};
    }
    SHOP_TRY(model, roles_model(visit, form));
    return visit.page("admin_roles", "Staff and roles", std::move(model));
}

RoleForm typed_role(const Fields& form) {
    return {typed(form, "role_name"), typed(form, "description"), form.all("scope"),
            form.has("change")};
}

Result<Reply> roles_back(Visit& visit, const RoleForm& form, const Error& error) {
    if (!is_told_in_form(error)) return tl::make_unexpected(error);
    SHOP_TRY(model, roles_model(visit, form));
    tell(model, error, kRoleFields);
    return come_back(visit, "admin_roles", "Staff and roles", std::move(model), error);
}

Result<void> put_role(Visit& visit, const RoleForm& form) {
    if (form.name.empty()) return fail_field("role", "must not be empty");
    if (!form.is_change) {
        SHOP_TRY(all, visit.call<api::RoleList>(account_needs(), "role_list"));
        // Whoever makes a role does not mean to change another one's rights.
        if (std::ranges::find(all.items, form.name, &api::Role::name) != all.items.end())
            return fail_field("role", "is there already; choose Change beside it, or another name");
    }
    SHOP_CHECK(
        visit.send(account_needs(), "role_put", {form.name},
                   {.body = Json{{"description", form.description}, {"scopes", form.scopes}}}));
    return {};
}

Result<Reply> role_put(Visit& visit, Call&) {
    const RoleForm form = typed_role(visit.form());
    const auto done = put_role(visit, form);
    if (!done) return roles_back(visit, form, done.error());
    return visit.redirect("/admin/roles", "role_saved");
}

Result<Reply> role_delete(Visit& visit, Call& call) {
    const auto done = visit.send(account_needs(), "role_delete", {call.param("role")});
    if (!done && done.error().code != Code::not_found) return roles_back(visit, {}, done.error());
    return visit.redirect("/admin/roles", "role_deleted");
}

Json key_row(const api::ApiKey& key) {
    return {{"name", key.name.empty() ? "The course's API" : key.name},
            {"prefix", key.prefix},
            {"created", date_text(key.created_at)},
            {"created_iso", format_time(key.created_at)},
            {"expires", date_text(key.expires_at)},
            {"expires_iso", format_time(key.expires_at)},
            {"end_action", fmt::format("/admin/keys/{}/end", percent_encode(key.id))},
            {"used", key.last_used_at ? date_time_text(*key.last_used_at) : ""},
            {"used_iso", key.last_used_at ? format_time(*key.last_used_at) : ""},
            {"rights", key.scopes.value_or(std::vector<std::string>{})}};
}

Result<Json> keys_model(Visit& visit) {
    Fields::Pairs wanted = {{"limit", "50"}};
    const std::string& cursor = visit.query().get("cursor");
    if (!cursor.empty()) wanted.emplace_back("cursor", cursor);
    SHOP_TRY(page, visit.call<api::ApiKeyPage>(account_needs(), "api_key_list", {},
                                               {.query = std::move(wanted)}));
    Json rows = Json::array();
    for (const auto& key : page.items) rows.push_back(key_row(key));
    const bool has_keys = !rows.empty();
    const std::vector<std::string> chosen = visit.form().all("scope");
    return Json{{"keys", std::move(rows)},
                {"has_keys", has_keys},
                {"days", std::to_string(api::kKeyDaysDefault)},
                {"scopes", scope_boxes(chosen, [&](std::string_view s) { return visit.may(s); })},
                {"pager", pager_of(Address("/admin/keys"), cursor, page.next_cursor)}};
}

Result<Reply> keys(Visit& visit, Call&) {
    SHOP_CHECK(need_staff(visit));
    SHOP_TRY(model, keys_model(visit));
    return visit.page("admin_keys", "API keys", std::move(model));
}

Result<api::ApiKey> make_key(Visit& visit) {
    const Fields& form = visit.form();
    const auto days = parse_int(typed(form, "days"));
    if (!days) return fail_field("/days", "must be a whole number");
    return visit.call<api::ApiKey>(
        account_needs(), "api_key_create", {},
        {.body = Json{
             {"name", typed(form, "key_name")}, {"scopes", form.all("scope")}, {"days", *days}}});
}

Result<Reply> key_create(Visit& visit, Call&) {
    SHOP_CHECK(need_staff(visit));
    const auto made = make_key(visit);
    if (!made && !is_told_in_form(made.error())) return tl::make_unexpected(made.error());
    auto model = keys_model(visit);
    if (!made) {
        SHOP_CHECK(model);
        (*model)["key_name"] = typed(visit.form(), "key_name");
        (*model)["days"] = typed(visit.form(), "days");
        tell(*model, made.error(), kKeyFields);
        return come_back(visit, "admin_keys", "API keys", *std::move(model), made.error());
    }
    // It is shown this once, also where the list can't be had.
    Json shown = model ? *std::move(model) : Json::object();
    shown["scopes"] = scope_boxes({}, [&](std::string_view right) { return visit.may(right); });
    shown["new_key"] = {{"name", made->name}, {"secret", made->secret.value_or("")}};
    auto reply = visit.page("admin_keys", "API keys", std::move(shown));
    reply.headers.set("cache-control", "no-store");
    return reply;
}

Result<Reply> key_end(Visit& visit, Call& call) {
    SHOP_CHECK(need_staff(visit));
    const auto done = visit.send(account_needs(), "api_key_delete", {call.param("key")});
    if (!done && done.error().code != Code::not_found) return tl::make_unexpected(done.error());
    return visit.redirect("/admin/keys", "key_ended");
}

constexpr PageRow kPages[] = {{"admin_roles", scope::kUsersRead, roles},
                              {"admin_role_put", scope::kRolesWrite, role_put},
                              {"admin_role_delete", scope::kRolesWrite, role_delete},
                              {"admin_keys", scope::kSignedIn, keys},
                              {"admin_key_create", scope::kSignedIn, key_create},
                              {"admin_key_end", scope::kSignedIn, key_end}};

}  // namespace

std::span<const PageRow> admin_access_pages() { return kPages; }

}  // namespace shop::storefront
