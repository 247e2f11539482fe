// Whether a service takes requests.
//
// Thread safety: free function without shared state.
#pragma once

#include <string>

namespace shop::cli {

// "ok", "degraded" and "unavailable" as the service itself says; "down" where nobody answers.
std::string readiness(const std::string& url);

}  // namespace shop::cli
