// The client behind a proxy: X-Forwarded-For, to be believed of proxies that are trusted alone.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace shop::http {

// A numeric address in the one way that we write it (IPv4 in IPv6 as IPv4); nothing where it is
// none.
std::optional<std::string> canonical_address(std::string_view text);

// The last address of the field, which the proxy itself has seen: what stands before it, its client
// may have said. Nothing where the field is not there or that is no address.
std::optional<std::string> forwarded_client(const Headers& headers);

// Whether it is one by where it comes from: over a Unix socket, or from one of the addresses.
bool is_proxy(const Peer& peer, const std::vector<std::string>& addresses);

}  // namespace shop::http
