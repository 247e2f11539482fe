#include "events/event.hpp"

#include "base/id.hpp"
#include "events/sequence.hpp"
#include "schema/codec.hpp"
#include "store/collection.hpp"

namespace shop::events {

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
                            std::size_t limit) {
    api::EventPage page{.items = {}, .last = last_sequence(snapshot, table)};
    if (after >= page.last || limit == 0) return page;
    const store::Range range{.from = store::key_of(after + 1), .to = {}};
    snapshot.scan(table, range, [&](std::string_view, std::string_view value) {
        page.items.push_back(schema::decode_stored<api::Event>(value));
        return page.items.size() < limit;
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
