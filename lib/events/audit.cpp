#include "events/audit.hpp"

#include "events/sequence.hpp"
#include "schema/codec.hpp"
#include "store/collection.hpp"

namespace shop::events {
namespace {

constexpr std::int64_t kExaminedMax = 2000;  // some milliseconds of parsing

bool holds(const std::optional<std::string>& wanted, const std::string& found) {
    return !wanted || *wanted == found;
}

bool fits(const api::AuditQuery& query, const AuditRecord& record) {
    const bool by_actor = holds(query.actor, record.actor) || holds(query.actor, record.actor_name);
    return by_actor && holds(query.action, record.action) && holds(query.subject, record.subject) &&
           (!query.since || record.time >= *query.since);
}

// The hash of a record that follows `previous`; an empty text where it is not the one it carries.
std::string check_link(std::string_view value, const std::string& previous) {
    const auto json = parse_json(value);
    if (!json || !json->contains("hash")) return {};
    std::string hash = api::audit_link_hash(previous, *json);
    return json->at("hash") == hash ? hash : std::string();
}

// Of the record with this sequence; empty where there is none.
std::string hash_at(const store::Snapshot& snapshot, store::Table table, std::int64_t seq) {
    const auto value = snapshot.get(table, store::key_of(seq));
    const auto json = value ? parse_json(*value) : Json();
    return json && json->is_object() ? json->value("hash", "") : "";
}

}  // namespace

AuditRecord last_audit(const store::Snapshot& snapshot, store::Table table) {
    AuditRecord last;
    snapshot.scan(table, {.from = {}, .to = {}, .reverse = true},
                  [&](std::string_view, std::string_view value) {
                      last = schema::decode_stored<AuditRecord>(value);
                      return false;
                  });
    return last;
}

void append_audit(store::Transaction& tx, store::Table table, AuditRecord record) {
    const AuditRecord last = last_audit(tx, table);
    record.seq = last.seq + 1;
    record.previous = last.hash;
    record.hash = api::audit_link_hash(record.previous, schema::encode(record));
    tx.put(table, store::key_of(record.seq), schema::encode_text(record));
}

AuditSlice audit_after(const store::Snapshot& snapshot, store::Table table,
                       const api::AuditQuery& query) {
    AuditSlice slice{.items = {}, .last = last_sequence(snapshot, table), .next = {}};
    if (query.after >= slice.last) return slice;
    std::int64_t examined = 0;
    std::int64_t seq = query.after;
    const store::Range range{.from = store::key_of(query.after + 1), .to = {}};
    snapshot.scan(table, range, [&](std::string_view key, std::string_view value) {
        seq = store::number_of(key);
        const auto record = schema::decode_text<AuditRecord>(value, schema::Mode::stored);
        // One that was altered past reading is shown as a link that can't hold.
        if (!record)
            slice.items.push_back(dump(Json{{"seq", seq}}));
        else if (fits(query, *record))
            slice.items.emplace_back(value);
        return std::ssize(slice.items) < query.limit && ++examined < kExaminedMax;
    });
    if (seq < slice.last) slice.next = seq;
    return slice;
}

store::CheckPage check_audit(const store::Snapshot& snapshot, store::Table table,
                             std::string_view after, std::size_t count_max) {
    std::string previous = hash_at(snapshot, table, store::number_of(after));
    return check_sequence(snapshot, table, after, count_max, [&](std::string_view value) {
        previous = check_link(value, previous);
        return previous.empty() ? "breaks the chain: it or the record before was changed" : "";
    });
}

}  // namespace shop::events
