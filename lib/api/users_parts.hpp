// The pieces of userd's endpoint table, each in the file of its resources. Private to lib/api.
//
// Thread safety: free functions without shared state.
#pragma once

#include <vector>

#include "api/endpoint.hpp"

namespace shop::api {

std::vector<Endpoint> role_endpoints();           // roles.cpp
std::vector<Endpoint> session_endpoints();        // sessions.cpp
std::vector<Endpoint> api_key_endpoints();        // api_keys.cpp
std::vector<Endpoint> recovery_endpoints();       // recovery.cpp
std::vector<Endpoint> second_factor_endpoints();  // second_factor.cpp
std::vector<Endpoint> signing_key_endpoints();    // signing_keys.cpp

}  // namespace shop::api
