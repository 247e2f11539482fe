// Events: what happened in a service, in commit order, appended in the transaction of the change
// itself.
//
// Table: 8-byte sequence -> JSON of Event. The sequence has no holes; it starts at 1.
//
// Thread safety: free functions; as safe as the Transaction or Snapshot they get.
#pragma once

#include "api/common.hpp"
#include "store/collection.hpp"

namespace shop::events {

std::int64_t append_event(store::Transaction& tx, store::Table table, api::Event event);
std::int64_t last_event(const store::Snapshot& snapshot, store::Table table);
api::EventPage events_after(const store::Snapshot& snapshot, store::Table table, std::int64_t after,
                            std::size_t limit);
// As check_audit: the events behind `after` have no holes and can be read.
store::CheckPage check_events(const store::Snapshot& snapshot, store::Table table,
                              std::string_view after, std::size_t count_max);

}  // namespace shop::events
