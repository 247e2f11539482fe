// Who makes a call, and what that one may do.
//
// A scope names one right ("products:write"); a role is a set of scopes. The table of the built-in
// roles is in principal.cpp; userd keeps the shop's own roles, and writes their scopes into the
// tokens. Everything that no scope allows is denied.
//
// Thread safety: values; the tables are constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace shop::auth {

// Rights, by the service that checks them. `signed_in` is held by everybody with an identity,
// but for an API key that does not name it.
namespace scope {
inline constexpr std::string_view kOpen = "";  // no identity needed
// What an endpoint has whose row names no right: nobody may call it.
inline constexpr std::string_view kNobody = "nobody";
inline constexpr std::string_view kSignedIn = "signed_in";
inline constexpr std::string_view kUsersRead = "users:read";    // see all accounts
inline constexpr std::string_view kUsersWrite = "users:write";  // change all accounts, give roles
inline constexpr std::string_view kRolesWrite = "roles:write";  // make the shop's own roles
inline constexpr std::string_view kKeysWrite = "keys:write";    // rotate the signing key
inline constexpr std::string_view kSessionsIntrospect = "sessions:introspect";
inline constexpr std::string_view kProductsWrite = "products:write";
inline constexpr std::string_view kStockWrite = "stock:write";
inline constexpr std::string_view kStockReserve = "stock:reserve";  // orderd alone
inline constexpr std::string_view kCart = "cart";                   // one's own cart and checkout
inline constexpr std::string_view kOrdersOwn = "orders:own";    // see and cancel one's own orders
inline constexpr std::string_view kOrdersRead = "orders:read";  // see everybody's
inline constexpr std::string_view kOrdersFulfil = "orders:fulfil";
inline constexpr std::string_view kOrdersCancel = "orders:cancel";  // anybody's
inline constexpr std::string_view kEventsRead = "events:read";
inline constexpr std::string_view kAuditRead = "audit:read";
inline constexpr std::string_view kStoreCheck = "store:check";        // figures, check and repair
inline constexpr std::string_view kStoreSnapshot = "store:snapshot";  // take and drop snapshots
inline constexpr std::string_view kStoreBackup = "store:backup";  // read them: all that there is
}  // namespace scope

// A right that a person, and so a role of the shop's own or an API key, can have.
struct GrantableScope {
    std::string_view name;
    std::string_view doc;
};
const std::vector<GrantableScope>& grantable_scopes();
bool is_grantable(std::string_view scope);

struct Role {
    std::string_view name;
    std::string_view doc;
    std::vector<std::string_view> scopes;
};
// The built-in ones: customer, support, catalogue, fulfilment, staff (these three), admin; and the
// services' own identities "service:orderd", …. "service:shopctl" is whoever may read the key
// folder of a shop on this machine.
const std::vector<Role>& roles();
// nullptr where there is no such built-in role.
const Role* find_role(std::string_view name);
inline constexpr std::string_view kServicePrefix = "service:";

struct Principal {
    std::string user_id;      // "usr_…"; of a service its name ("orderd"); empty: nobody
    std::int64_t number = 0;  // the user's number
    std::string username;
    std::string role;
    std::string session_id;  // "ses_…"; empty for services
    Time expires_at{};
    // What the principal may do. Nothing: all that its built-in role may. Of a service it does not
    // count: what a service may do stands in the table alone.
    std::optional<std::vector<std::string>> scopes = {};

    bool known() const { return !user_id.empty(); }
    bool is_service() const { return role.starts_with(kServicePrefix); }
    bool may(std::string_view scope) const;  // kOpen: always
};

}  // namespace shop::auth
