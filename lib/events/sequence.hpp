// Tables that are keyed by a sequence without holes, from 1. Inside lib/events only.
//
// Thread safety: free functions; as safe as the Snapshot they get.
#pragma once

#include <cstdint>
#include <string_view>

#include "store/store.hpp"

namespace shop::events {

// The number in a key that store::key_of made; 0 where the key has another form.
std::int64_t sequence_in(std::string_view key);
// The newest sequence of the table; 0 where it is empty.
std::int64_t last_sequence(const store::Snapshot& snapshot, store::Table table);

}  // namespace shop::events
