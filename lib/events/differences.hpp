// What a change did to a document, field by field, as the audit log keeps it.
//
// Thread safety: free function without shared state.
#pragma once

#include "base/json.hpp"

namespace shop::events {

// {"name": {"from": "Bag", "to": "Red bag"}, "price.amount": {"from": 295, "to": 325}}: the members
// of either document that differ; those of objects inside are named with a point. null stands for
// a document or member that is not there; an empty text or list counts as none.
//
// Left out: version and updated_at. A member that is named like a secret (password, hash, token,
// ...) says that it differs and no value. Texts are cut at 200 code points, and so is the JSON text
// of a list; there are at most 50 members.
Json differences(const Json& before, const Json& after);

}  // namespace shop::events
