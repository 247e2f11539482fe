#include "auth/principal.hpp"

#include <algorithm>

namespace shop::auth {
namespace {

using Scopes = std::vector<std::string_view>;

Scopes with(Scopes base, const Scopes& more) {
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

std::vector<Role> make_roles() {
    using namespace scope;
    const Scopes customer{kSignedIn, kCart, kOrdersOwn};
    const Scopes support = with(customer, {kUsersRead, kOrdersRead, kOrdersCancel});
    const Scopes catalogue = with(customer, {kProductsWrite, kStockWrite});
    const Scopes fulfilment = with(customer, {kOrdersRead, kOrdersFulfil});
    const Scopes staff = with(customer, {kUsersRead, kProductsWrite, kStockWrite, kOrdersRead,
                                         kOrdersFulfil, kOrdersCancel, kEventsRead});
    const Scopes keeper{kStoreCheck, kStoreSnapshot, kStoreBackup};
    const Scopes owner{kUsersWrite, kRolesWrite, kKeysWrite, kSessionsIntrospect, kAuditRead};
    const Scopes admin = with(with(staff, owner), keeper);
    const Scopes service{kSignedIn, kSessionsIntrospect, kEventsRead};
    return {
        {"customer", "Buys.", customer},
        {"support", "Helps customers: sees accounts and orders, cancels orders.", support},
        {"catalogue", "Keeps products and stock.", catalogue},
        {"fulfilment", "Sends orders.", fulfilment},
        {"staff", "Support, catalogue and fulfilment together, and the event feed.", staff},
        {"admin", "Everything.", admin},
        {"service:userd", "", service},
        {"service:productd", "", service},
        {"service:orderd", "", with(service, {kStockReserve, kStoreSnapshot})},
        {"service:shopctl", "", with({kSignedIn, kEventsRead}, keeper)},
        {"service:storefrontd", "", service},
    };
}

bool has(const auto& scopes, std::string_view scope) {
    return std::ranges::find(scopes, scope) != scopes.end();
}

}  // namespace

const std::vector<GrantableScope>& grantable_scopes() {
    using namespace scope;
    static const std::vector<GrantableScope> table = {
        {kSignedIn, "See and change one's own account"},
        {kCart, "Use one's own cart and check out"},
        {kOrdersOwn, "See and cancel one's own orders"},
        {kOrdersRead, "See everybody's orders"},
        {kOrdersFulfil, "Say that an order was sent"},
        {kOrdersCancel, "Cancel anybody's orders"},
        {kProductsWrite, "Make, change and delete products"},
        {kStockWrite, "Receive, count and correct stock"},
        {kUsersRead, "See all accounts and their sessions"},
        {kUsersWrite, "Change all accounts, give roles"},
        {kRolesWrite, "Make the shop's own roles"},
        {kKeysWrite, "Rotate the key that signs tokens"},
        {kSessionsIntrospect, "Tell whose a token or key is"},
        {kEventsRead, "Read the event feeds"},
        {kAuditRead, "Read the audit logs"},
        {kStoreCheck, "Check and repair the stores"},
        {kStoreSnapshot, "Take and drop snapshots of the stores"},
        {kStoreBackup, "Read the stores' snapshots: all that there is"},
    };
    return table;
}

bool is_grantable(std::string_view scope) {
    const auto& table = grantable_scopes();
    return std::ranges::find(table, scope, &GrantableScope::name) != table.end();
}

const std::vector<Role>& roles() {
    static const std::vector<Role> table = make_roles();
    return table;
}

const Role* find_role(std::string_view name) {
    const auto& table = roles();
    const auto row = std::ranges::find(table, name, &Role::name);
    return row == table.end() ? nullptr : &*row;
}

bool Principal::may(std::string_view scope) const {
    if (scope == scope::kOpen) return true;
    if (!known()) return false;
    if (scopes && !is_service()) return is_grantable(scope) && has(*scopes, scope);
    if (scope == scope::kSignedIn) return true;
    const Role* row = find_role(role);
    return row != nullptr && has(row->scopes, scope);
}

}  // namespace shop::auth
