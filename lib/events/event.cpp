#include "events/event.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "events/sequence.hpp"
#include "schema/codec.hpp"
#include "store/collection.hpp"

namespace shop::events {
namespace {

// The newest sequence whose event is older than `since`; 0: none is.
std::int64_t last_before(const store::Snapshot& snapshot, store::Table table, std::int64_t last,
                         Time since) {
    std::int64_t older = 0;         // is older, or 0
    std::int64_t newer = last + 1;  // is not, or is the end
    while (newer - older > 1) {
        const std::int64_t middle = older + (newer - older) / 2;
        const auto value = snapshot.get(table, store::key_of(middle));
        const bool is_older = value && schema::decode_stored<api::Event>(*value).time < since;
        (is_older ? older : newer) = middle;
    }
    return older;
}

}  // namespace

std::int64_t append_event(store::Transaction& tx, store::Table table, api::Event event) {
    event.seq = last_sequence(tx, table) + 1;
    event.id = new_id("evt");
    tx.put(table, store::key_of(event.seq), schema::encode_text(event));
    return event.seq;
}

std::int64_t last_event(const store::Snapshot& snapshot, store::Table table) {
    return last_sequence(snapshot, table);
}

api::EventPage events_after(const store::Snapshot& snapshot, store::Table table, std::int64_t after,
                            std::size_t limit, const EventFilter& filter) {
    api::EventPage page{.items = {}, .last = last_sequence(snapshot, table), .next = after};
    if (filter.since)
        page.next = std::max(after, last_before(snapshot, table, page.last, *filter.since));
    if (page.next >= page.last || limit == 0) return page;
    const store::Range range{.from = store::key_of(page.next + 1), .to = {}};
    std::size_t looked_at = 0;
    snapshot.scan(table, range, [&](std::string_view key, std::string_view value) {
        page.next = store::number_of(key);
        auto event = schema::decode_stored<api::Event>(value);
        const bool wanted = filter.types.empty() ||
                            std::ranges::find(filter.types, event.type) != filter.types.end();
        if (wanted) page.items.push_back(std::move(event));
        return page.items.size() < limit && ++looked_at < kEventsLookedAtMax;
    });
    return page;
}

store::CheckPage check_events(const store::Snapshot& snapshot, store::Table table,
                              std::string_view after, std::size_t count_max) {
    return check_sequence(snapshot, table, after, count_max, [](std::string_view value) {
        const auto event = schema::decode_text<api::Event>(value, schema::Mode::stored);
        return event ? "" : "can't be read: " + event.error().message;
    });
}

}  // namespace shop::events
