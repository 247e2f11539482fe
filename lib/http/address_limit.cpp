#include "http/address_limit.hpp"

#include <arpa/inet.h>

#include <cassert>

namespace shop::http {
namespace {

constexpr std::size_t kPrefixBytes = 8;  // a /64

std::string key_of(const std::string& address) {
    in6_addr six{};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six))
        return address;
    return {reinterpret_cast<const char*>(six.s6_addr), kPrefixBytes};
}

}  // namespace

bool AddressLimit::enter(const Peer& peer) {
    if (!counts(peer)) return true;
    std::size_t& count = connections_[key_of(peer.address)];
    if (count >= max_) return false;
    ++count;
    return true;
}

void AddressLimit::leave(const Peer& peer) {
    if (!counts(peer)) return;
    const auto entry = connections_.find(key_of(peer.address));
    assert(entry != connections_.end());
    if (--entry->second == 0) connections_.erase(entry);
}

}  // namespace shop::http
