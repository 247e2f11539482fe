// Which endpoints of a service are in use, by its own figures.
//
// Thread safety: free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shop::cli::deploy {

// "GET /v1/products/{ref}", each that was answered with less than 400 at least once, by the texts
// of /metrics and /openapi.json. Nothing where the contract can't be read.
std::vector<std::string> endpoints_asked(std::string_view metrics, std::string_view openapi);

}  // namespace shop::cli::deploy
