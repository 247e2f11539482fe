// What of the endpoint tables can be reached through the gateway, as lines of HAProxy's
// configuration. They match on the decoded path, which stands in the variable txn.path, and on its
// first two segments, txn.area: equal words are found in a tree, patterns one after the other.
//
// - A row of /v1 or of the course's API leads to its service by the first two segments of its path.
// - What more than one service has (/v1/events, /v1/store) and what is no part of the API (health,
//   metrics, documents) leads nowhere, but for what stands under /.well-known/.
// - Everything else leads to the storefront, where there is one.
// - A row whose right is for the services themselves is refused.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.hpp"

namespace shop::cli {

using Tables = std::vector<const api::ServiceTable*>;

// "/v1/users", … of this service alone.
std::vector<std::string> gateway_prefixes(const api::ServiceTable& service, const Tables& all);
// Whether a service's role has the right and, but for an administrator's, no person's.
bool between_services(std::string_view scope);

// "acl to_userd …" for each service: its prefixes.
std::string route_acls(const Tables& all);
// "… if <condition>" for each row between services that a prefix leads to.
std::string denied_rows(const Tables& all);
// "acl sign_in …": calls that guess passwords or make accounts.
std::string sign_in_acls();

}  // namespace shop::cli
