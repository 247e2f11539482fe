// Whether a port on loopback can be had, before a daemon is started on it.
//
// Thread safety: free functions without shared state.
#pragma once

#include "base/error.hpp"

namespace shop::cli {

// already_exists, with the remedy, where something listens there.
Result<void> check_port_free(int port);
// A port after which as many are free as a shop has services; somebody may still take one before
// it is used.
Result<int> free_port_base();

}  // namespace shop::cli
