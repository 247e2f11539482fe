// Errors on the wire: RFC 9457 application/problem+json, both ways.
//
// {"type": "https://shop.example/problems/not_found", "title": "Not found", "status": 404,
// "detail": "…",
//  "request_id": "req_…", "errors": [{"pointer": "/price", "detail": "…"}]}
//
// Thread safety: free functions without shared state.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace shop::http {

inline constexpr std::string_view kProblemTypeBase = "https://shop.example/problems/";

Response problem(const Error& error, std::string_view request_id);
// A status that no Code has (414, 505, …): "about:blank", as RFC 9457, 4.2.1 wants it.
Response problem(int status, std::string_view detail);
// The Error in an answer of status 400 or above; from its status alone where the body is no problem
// document.
Error error_from(const Response& response);

}  // namespace shop::http
