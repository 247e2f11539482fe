// Who makes a call, and what that one may do.
//
// A scope names one right ("products:write"); a role is a set of scopes. The table of roles is in
// principal.cpp and is the only place where the two meet. Everything that no scope allows is
// denied.
//
// Thread safety: values; the tables are constant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace shop::auth {

// Rights, by the service that checks them. `signed_in` is held by everybody with an identity.
namespace scope {
inline constexpr std::string_view kOpen = "";  // no identity needed
inline constexpr std::string_view kSignedIn = "signed_in";
inline constexpr std::string_view kUsersRead = "users:read";    // see all accounts
inline constexpr std::string_view kUsersWrite = "users:write";  // change all accounts, give roles
inline constexpr std::string_view kSessionsIntrospect = "sessions:introspect";
inline constexpr std::string_view kProductsWrite = "products:write";
inline constexpr std::string_view kStockWrite = "stock:write";
inline constexpr std::string_view kStockReserve = "stock:reserve";  // orderd alone
inline constexpr std::string_view kCart = "cart";                   // one's own cart and checkout
inline constexpr std::string_view kOrdersOwn = "orders:own";      // see and cancel one's own orders
inline constexpr std::string_view kOrdersRead = "orders:read";    // see everybody's
inline constexpr std::string_view kOrdersWrite = "orders:write";  // fulfil, cancel anybody's
inline constexpr std::string_view kEventsRead = "events:read";
inline constexpr std::string_view kAuditRead = "audit:read";
inline constexpr std::string_view kStoreCheck = "store:check";        // figures, check and repair
inline constexpr std::string_view kStoreSnapshot = "store:snapshot";  // take and drop snapshots
inline constexpr std::string_view kStoreBackup = "store:backup";  // read them: all that there is
}  // namespace scope

struct Role {
    std::string_view name;
    std::vector<std::string_view> scopes;
};
// customer, staff, admin; and the services' own identities "service:orderd", …. "service:shopctl"
// is whoever may read the key folder of a shop on this machine.
const std::vector<Role>& roles();
// nullptr where there is no such role.
const Role* find_role(std::string_view name);

struct Principal {
    std::string user_id;      // "usr_…"; of a service its name ("orderd"); empty: nobody
    std::int64_t number = 0;  // the user's number
    std::string username;
    std::string role;
    std::string session_id;  // "ses_…"; empty for services
    Time expires_at{};

    bool known() const { return !user_id.empty(); }
    bool may(std::string_view scope) const;  // kOpen: always; kSignedIn: whoever is known
};

}  // namespace shop::auth
