// Why the front refused something by itself; one counter each.
//
// Thread safety: constants.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shop::http {

enum class Reject : std::uint8_t {
    malformed,    // not strict HTTP/1.1
    too_large,    // head, target or body over its limit
    slow,         // head, body or the reading of an answer took too long
    connections,  // the daemon's limit of connections
    address,      // one address's limit of connections
    queue,        // too many requests wait for a worker, or one did for too long
    user,         // a Unix socket's peer is of a user who may not come
    memory,       // too many bytes of bodies and unread answers
};

// Values of the label `reason`, by Reject.
inline constexpr std::array<std::string_view, 8> kRejectNames{
    "malformed", "too_large", "slow", "connections", "address", "queue", "user", "memory"};

}  // namespace shop::http
