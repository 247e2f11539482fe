// What an audit record says has changed, for people.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "base/json.hpp"

namespace shop::storefront {

// {"name": {"from": "Jug", "to": "Mug"}} -> "name: Jug → Mug", several with "; " between them;
// what was not there is "–". Cut where it gets long.
std::string changes_text(const Json& changes);

}  // namespace shop::storefront
