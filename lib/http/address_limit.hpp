// How many connections each address has, against a limit, so that one client cannot take all.
//
// An IPv6 client usually owns a /64, so that is what counts as one address there. Loopback and Unix
// sockets are not counted: behind a gateway on this machine everybody comes from there, and the
// gateway counts by itself.
//
// Thread safety: none of its own; the front's loop owns it.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "http/message.hpp"

namespace shop::http {

class AddressLimit {
public:
    explicit AddressLimit(std::size_t max) : max_(max) {}  // 0: no limit

    // False where the address has as many as it may; then there is nothing to leave.
    bool enter(const Peer& peer);
    void leave(const Peer& peer);

private:
    bool counts(const Peer& peer) const { return max_ > 0 && !peer.loopback(); }

    const std::size_t max_;
    std::unordered_map<std::string, std::size_t> connections_;  // only addresses that have some
};

}  // namespace shop::http
