// Identifiers: a prefix that names the kind, and a UUIDv7 (RFC 9562) in 32 hex digits: "prd_0193…".
// Ids made later sort later (to the millisecond, and in order within one process).
//
// Thread safety: new_id may be called from any thread.
#pragma once

#include <string>
#include <string_view>

namespace shop {

// `prefix` without the underscore: "usr", "prd", "ord", "evt", "req", …
std::string new_id(std::string_view prefix);
bool is_id(std::string_view text, std::string_view prefix);

}  // namespace shop
