#include "events/audit.hpp"

#include "base/random.hpp"
#include "events/sequence.hpp"
#include "schema/codec.hpp"
#include "store/collection.hpp"

namespace shop::schema {

using events::AuditRecord;

template <>
const StructType& type_of<AuditRecord>() {
    static const StructType type{
        "AuditRecord",
        "Who changed what; one link of the audit chain.",
        {
            field<&AuditRecord::seq>("seq", "Position in the chain; without holes.", ReadOnly{}),
            field<&AuditRecord::time>("time", "When.", ReadOnly{}),
            field<&AuditRecord::action>("action", "The endpoint's id, or the task's name.",
                                        ReadOnly{}, Example{"\"product_update\""}),
            field<&AuditRecord::actor>("actor", "Id of who did it, or the service's name.",
                                       ReadOnly{}),
            field<&AuditRecord::actor_name>("actor_name", "That one's username.", ReadOnly{}),
            field<&AuditRecord::subject>("subject", "Id of what was changed.", ReadOnly{}),
            field<&AuditRecord::request_id>("request_id", "The request's id.", ReadOnly{}),
            field<&AuditRecord::address>("address", "Where the request came from.", ReadOnly{}),
            field<&AuditRecord::previous>("previous", "Hash of the record before.", ReadOnly{}),
            field<&AuditRecord::hash>("hash", "Hash of the record before and this one.",
                                      ReadOnly{}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::events {
namespace {

AuditRecord last_record(const store::Snapshot& snapshot, store::Table table) {
    AuditRecord last;
    snapshot.scan(table, {.from = {}, .to = {}, .reverse = true},
                  [&](std::string_view, std::string_view value) {
                      last = schema::decode_stored<AuditRecord>(value);
                      return false;
                  });
    return last;
}

std::string link_hash(const std::string& previous, Json record) {
    record.erase("hash");
    return sha256_hex(previous + dump(record));
}

// The hash of a record that follows `previous`; an empty text where it is not the one it carries.
std::string check_link(std::string_view value, const std::string& previous) {
    const auto json = parse_json(value);
    if (!json || !json->contains("hash")) return {};
    std::string hash = link_hash(previous, *json);
    return json->at("hash") == hash ? hash : std::string();
}

// Of the record with this sequence; empty where there is none.
std::string hash_at(const store::Snapshot& snapshot, store::Table table, std::int64_t seq) {
    const auto value = snapshot.get(table, store::key_of(seq));
    const auto json = value ? parse_json(*value) : Json();
    return json && json->is_object() ? json->value("hash", "") : "";
}

}  // namespace

void append_audit(store::Transaction& tx, store::Table table, AuditRecord record) {
    const AuditRecord last = last_record(tx, table);
    record.seq = last.seq + 1;
    record.previous = last.hash;
    record.hash = link_hash(record.previous, schema::encode(record));
    tx.put(table, store::key_of(record.seq), schema::encode_text(record));
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
