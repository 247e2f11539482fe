// The target of a request (RFC 9112, 3.2.1: origin form), read strictly. Used by wire.cpp; apart so
// that it can be fuzzed.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace shop::http {

// Fills target, segments and query. Empty where that went well, else the reason, which lives for
// ever. A path is decoded once; what a second reader could take for another path is refused: empty
// and dot segments, encoded slashes, control bytes, a slash at the end.
std::string_view read_target(std::string_view target, Request& request);

}  // namespace shop::http
