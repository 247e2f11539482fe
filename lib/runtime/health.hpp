// Whether the daemon of these settings is ready (--health), asked as any client would: for
// containers, which have neither a shell nor curl.
//
// Thread safety: free functions.
#pragma once

#include <chrono>
#include <string>

#include "api/endpoint.hpp"
#include "base/error.hpp"
#include "runtime/settings.hpp"

namespace shop::runtime {

inline constexpr std::chrono::seconds kHealthDeadline{2};

// Where a daemon with these settings is reached from its own machine: its Unix socket where it has
// one, else its address and port; one that listens on all addresses, on loopback.
std::string own_url(const DaemonSettings& settings, const api::ServiceTable& table);

// Nothing where /readyz answers 200 within kHealthDeadline; else unavailable, with the reason.
// Neither store nor keys are touched. Over TLS the server's certificate is not checked, since it
// names no loopback address; ours is shown where clients have to show one.
Result<void> check_health(const DaemonSettings& settings, const api::ServiceTable& table);

}  // namespace shop::runtime
