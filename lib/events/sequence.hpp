// Tables that are keyed by a sequence without holes, from 1. Inside lib/events only.
//
// Thread safety: free functions; as safe as the Snapshot they get.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "store/collection.hpp"

namespace shop::events {

// The newest sequence of the table; 0 where it is empty.
std::int64_t last_sequence(const store::Snapshot& snapshot, store::Table table);

// What is wrong with an entry; empty: nothing.
using JudgeEntry = std::function<std::string(std::string_view value)>;
// Examines up to `count_max` entries behind the key `after` (empty: from the start): the sequence
// has no holes, and `judge` finds nothing. The page ends at such a fault, since what follows a
// hole can't be judged by what was before it.
store::CheckPage check_sequence(const store::Snapshot& snapshot, store::Table table,
                                std::string_view after, std::size_t count_max,
                                const JudgeEntry& judge);

}  // namespace shop::events
