// What a daemon says of itself (--describe) to whoever deploys it: what it is, which stores it can
// read, what it serves and what it calls of others.
//
// Thread safety: free functions.
#pragma once

#include "base/json.hpp"
#include "runtime/daemon.hpp"

namespace shop::runtime {

// {"service", "version", "commit", "store_format", "store_reads_from", "serves", "needs"}; an
// endpoint is its method and path, "GET /v1/products/{ref}". Settings do not matter.
Json description_of(const DaemonSpec& spec);

}  // namespace shop::runtime
