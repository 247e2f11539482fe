// JSON from outside, read strictly. Nothing else in the project parses what came over a socket or
// from a file.
//
// nlohmann/json alone keeps the last of two equal keys, converts numbers silently and recurses
// without a bound; so this reader counts depth, refuses duplicate keys and text that is not UTF-8,
// and the schema's typed getters never convert. Members keep their order, so that what is stored
// can be sent as it is.
//
// Thread safety: free functions without shared state.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop {

using Json = nlohmann::ordered_json;

// Exactly one JSON value (RFC 8259) with nothing but white space around it. invalid_argument with
// the reason and the byte where reading stopped; depth is bounded by limits::kJsonDepthMax.
Result<Json> parse_json(std::string_view text);

// Compact text. Never throws; text inside that is not UTF-8 is replaced by U+FFFD.
std::string dump(const Json& value);

}  // namespace shop
