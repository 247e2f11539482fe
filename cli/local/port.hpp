// Whether a port on loopback can be had, before a daemon is started on it.
//
// Thread safety: free function without shared state.
#pragma once

#include "base/error.hpp"

namespace shop::cli {

// already_exists, with the remedy, where something listens there.
Result<void> check_port_free(int port);

}  // namespace shop::cli
