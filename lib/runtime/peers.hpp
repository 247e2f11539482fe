// Settings that say who may come over Unix sockets, and which proxies are believed.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::runtime {

// "haproxy, 1000" -> their numbers, behind root's and this process's own. invalid_argument where
// the machine knows no such user.
Result<std::vector<unsigned>> socket_uids(std::string_view users);

// "10.0.0.1, fd00::1" -> as http::canonical_address() writes them. invalid_argument for anything
// else: a name may stand for another address tomorrow, a network for many.
Result<std::vector<std::string>> proxy_addresses(std::string_view addresses);

}  // namespace shop::runtime
