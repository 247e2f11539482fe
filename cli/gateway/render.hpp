// HAProxy's configuration for a shop, from its settings and the endpoint tables.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "base/error.hpp"
#include "gateway/settings.hpp"

namespace shop::cli {

// invalid_argument, with the option's name, for what HAProxy could not read or would read as
// something else.
Result<std::string> render_gateway(const GatewaySettings& settings);

}  // namespace shop::cli
