// OpenAPI 3.1 documents from the endpoint tables.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

#include "api/endpoint.hpp"

namespace shop::api {

// The document of one service as JSON text. The same input gives the same bytes.
std::string openapi_document(const ServiceTable& table, std::string_view version);

}  // namespace shop::api
