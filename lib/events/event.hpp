// Events: what happened in a service, in commit order, appended in the transaction of the change
// itself.
//
// Table: 8-byte sequence -> JSON of Event. The sequence has no holes; it starts at 1.
//
// Thread safety: free functions; as safe as the Transaction or Snapshot they get.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/common.hpp"
#include "store/collection.hpp"

namespace shop::events {

std::int64_t append_event(store::Transaction& tx, store::Table table, api::Event event);
std::int64_t last_event(const store::Snapshot& snapshot, store::Table table);
// Which events are wanted; the others are passed over. One call looks at kEventsLookedAtMax at
// most, so a page may have no items and yet not be the end: its `next` says how far it has read.
struct EventFilter {
    std::vector<std::string_view> types = {};  // none: all
    // Begins at the first event that is not older, found by halving: the times of a feed rise, but
    // for the milliseconds in which changes wait for each other, and a clock that was set back.
    std::optional<Time> since = {};
};
inline constexpr std::size_t kEventsLookedAtMax = 5000;  // some 20 ms
api::EventPage events_after(const store::Snapshot& snapshot, store::Table table, std::int64_t after,
                            std::size_t limit, const EventFilter& filter = {});
// As check_audit: the events behind `after` have no holes and can be read.
store::CheckPage check_events(const store::Snapshot& snapshot, store::Table table,
                              std::string_view after, std::size_t count_max);

}  // namespace shop::events
