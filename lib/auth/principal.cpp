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
    const Scopes staff = with(customer, {kUsersRead, kProductsWrite, kStockWrite, kOrdersRead,
                                         kOrdersWrite, kEventsRead});
    const Scopes keeper{kStoreCheck, kStoreSnapshot, kStoreBackup};
    const Scopes admin = with(with(staff, {kUsersWrite, kSessionsIntrospect, kAuditRead}), keeper);
    const Scopes service{kSignedIn, kSessionsIntrospect, kEventsRead};
    return {
        {"customer", customer},
        {"staff", staff},
        {"admin", admin},
        {"service:userd", service},
        {"service:productd", service},
        {"service:orderd", with(service, {kStockReserve, kStoreSnapshot})},
        {"service:shopctl", with({kSignedIn, kEventsRead}, keeper)},
        {"service:storefrontd", service},
    };
}

}  // namespace

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
    if (scope == scope::kSignedIn) return true;
    const Role* row = find_role(role);
    return row != nullptr && std::ranges::find(row->scopes, scope) != row->scopes.end();
}

}  // namespace shop::auth
