#include "userd/roles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "userd/sessions.hpp"

namespace shop::users {
namespace {

api::Role shown_role(const auth::Role& role) {
    return {.name = std::string(role.name),
            .description = std::string(role.doc),
            .scopes = {role.scopes.begin(), role.scopes.end()},
            .built_in = true};
}

bool is_built_in(std::string_view name) {
    return !name.starts_with(auth::kServicePrefix) && auth::find_role(name) != nullptr;
}

// What every customer may is given freely: whoever likes can register and have it.
bool can_give(const auth::Principal& who, const std::string& scope) {
    const auto& free = auth::find_role("customer")->scopes;
    return who.may(scope) || std::ranges::find(free, scope) != free.end();
}

bool can_give_all(const auth::Principal& who, const std::vector<std::string>& scopes) {
    return std::ranges::all_of(scopes,
                               [&](const std::string& scope) { return can_give(who, scope); });
}

std::vector<std::string> accounts_of_role(const Tables& tables, const store::Snapshot& snapshot,
                                          std::string_view name) {
    std::vector<std::string> ids;
    tables.users.walk_equal(snapshot, "role", name, "", false,
                            [&](std::string_view id, std::string_view) {
                                ids.emplace_back(id);
                                return true;
                            });
    return ids;
}

Result<void> check_own_name(const std::string& name) {
    if (is_built_in(name))
        return fail(Code::conflict, fmt::format("The role {} comes with the shop and stays as it "
                                                "is. Make one of another name.",
                                                name));
    if (name.size() > 40 || !is_slug(name))
        return fail_field("role",
                          "must have at most 40 of a to z, 0 to 9 and single dashes "
                          "between them");
    return {};
}

Result<void> check_scopes(const auth::Principal& who, const std::vector<std::string>& scopes) {
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        const std::string pointer = fmt::format("/scopes/{}", i);
        if (!auth::is_grantable(scopes[i]))
            return fail_field(pointer, "is no right of a person; see: shopctl role scopes");
        if (std::find(scopes.begin(), scopes.begin() + static_cast<std::ptrdiff_t>(i), scopes[i]) !=
            scopes.begin() + static_cast<std::ptrdiff_t>(i))
            return fail_field(pointer, "is there twice");
        if (!can_give(who, scopes[i]))
            return fail(Code::permission_denied,
                        "Nobody gives more than they have, and you have not " + scopes[i] + ".");
    }
    return {};
}

std::size_t count_own(const Tables& tables, const store::Snapshot& snapshot) {
    return list_roles(tables, snapshot).items.size() -
           static_cast<std::size_t>(std::ranges::count_if(
               auth::roles(), [](const auth::Role& role) { return is_built_in(role.name); }));
}

}  // namespace

std::optional<std::vector<std::string>> scopes_of_role(const Tables& tables,
                                                       const store::Snapshot& snapshot,
                                                       std::string_view role) {
    if (is_built_in(role)) return std::nullopt;
    const auto own = tables.roles.get(snapshot, role);
    std::vector<std::string> scopes{std::string(auth::scope::kSignedIn)};
    if (own) scopes.insert(scopes.end(), own->scopes.begin(), own->scopes.end());
    return scopes;
}

bool may_all_of_role(const Tables& tables, const store::Snapshot& snapshot,
                     const auth::Principal& who, std::string_view role) {
    const auto found = find_role(tables, snapshot, role);
    return !found || can_give_all(who, found->scopes);
}

Result<void> check_can_give(const Tables& tables, const store::Snapshot& snapshot,
                            const auth::Principal& who, std::string_view role) {
    if (!find_role(tables, snapshot, role))
        return fail_field("/role", "is none of the shop's roles; see: shopctl role list");
    if (may_all_of_role(tables, snapshot, who, role)) return {};
    return fail(
        Code::permission_denied,
        fmt::format("Nobody gives more than they have, and the role {} may more than you.", role));
}

Result<api::Role> find_role(const Tables& tables, const store::Snapshot& snapshot,
                            std::string_view name) {
    if (is_built_in(name)) return shown_role(*auth::find_role(name));
    if (auto own = name.empty() ? std::nullopt : tables.roles.get(snapshot, name))
        return *std::move(own);
    return fail(Code::not_found, fmt::format("There is no role {}. See: shopctl role list", name));
}

api::RoleList list_roles(const Tables& tables, const store::Snapshot& snapshot) {
    api::RoleList list;
    for (const auth::Role& role : auth::roles())
        if (is_built_in(role.name)) list.items.push_back(shown_role(role));
    tables.roles.walk(snapshot, "", "", false, [&](std::string_view name, std::string_view) {
        list.items.push_back(tables.roles.get(snapshot, name).value());
        return true;
    });
    return list;
}

Result<api::Role> put_role(const Tables& tables, events::Change& change, const std::string& name,
                           const api::RoleInput& input) {
    SHOP_CHECK(check_own_name(name));
    const auto& who = change.origin().principal;
    SHOP_CHECK(check_scopes(who, input.scopes));
    const auto before = tables.roles.get(change.tx(), name);
    if (before && !can_give_all(who, before->scopes))
        return fail(
            Code::permission_denied,
            fmt::format("The role {} may more than you, so it is not yours to change.", name));
    if (!before && count_own(tables, change.tx()) >= kOwnRolesMax)
        return fail(Code::conflict, fmt::format("There are {} roles already, which is the limit. "
                                                "Delete one that nobody has.",
                                                kOwnRolesMax));
    const api::Role after{
        name,        input.description, input.scopes, false, before ? before->version + 1 : 1,
        change.now()};
    SHOP_CHECK(tables.roles.put(change.tx(), after));
    change.emit(before ? "role.updated" : "role.created", name, schema::encode(after),
                before ? schema::encode(*before) : Json());
    if (before && before->scopes != after.scopes)
        for (const auto& id : accounts_of_role(tables, change.tx(), name))
            end_sessions_of(tables, change, id, "");
    return after;
}

Result<void> delete_role(const Tables& tables, events::Change& change, const std::string& name) {
    SHOP_CHECK(check_own_name(name));
    SHOP_TRY(role, find_role(tables, change.tx(), name));
    const auto accounts = accounts_of_role(tables, change.tx(), name);
    if (!accounts.empty())
        return fail(Code::conflict, fmt::format("{} accounts have the role {}. Give them another "
                                                "one first.",
                                                accounts.size(), name));
    tables.roles.erase(change.tx(), name);
    change.emit("role.deleted", name, Json{{"name", name}}, schema::encode(role));
    return {};
}

}  // namespace shop::users
