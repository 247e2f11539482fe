#include "events/idempotency.hpp"

#include <vector>

#include "base/limits.hpp"
#include "base/random.hpp"
#include "schema/codec.hpp"
#include "store/collection.hpp"

namespace shop::schema {

using events::IdempotencyRecord;

template <>
const StructType& type_of<IdempotencyRecord>() {
    static const StructType type{
        "IdempotencyRecord",
        "The kept answer to a call that carried an Idempotency-Key.",
        {
            field<&IdempotencyRecord::fingerprint>("fingerprint", "Hash of the request."),
            field<&IdempotencyRecord::status>("status", "The answer's HTTP status."),
            field<&IdempotencyRecord::body>("body", "The answer's body."),
            field<&IdempotencyRecord::location>("location", "The answer's Location."),
            field<&IdempotencyRecord::etag>("etag", "The answer's ETag."),
            field<&IdempotencyRecord::created_at>("created_at", "When it was kept."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::events {
namespace {

// More than one for each that is written, so that a backlog shrinks; few, so that no call pays for
// all.
constexpr std::size_t kSweptAtOnceMax = 4;

// A digest, so that a caller and a key of any length fit a store's key.
std::string digest_of(std::string_view caller, std::string_view key) {
    std::string name(caller);
    name += '\0';
    name += key;
    return sha256(name);
}

std::string record_key(std::string_view digest) { return 'r' + std::string(digest); }

std::string time_key(Time created_at) {
    return 't' + store::key_of(std::int64_t{created_at.time_since_epoch().count()});
}

// Records that were made at this time or before are over.
Time newest_over(Time now) { return now - limits::kIdempotencyKeep; }

void erase_record(store::Transaction& tx, store::Table table, const std::string& timed_key) {
    tx.erase(table, record_key(timed_key.substr(time_key({}).size())));
    tx.erase(table, timed_key);
}

void sweep(store::Transaction& tx, store::Table table, Time now) {
    const store::Range over{.from = "t", .to = time_key(newest_over(now) + Millis(1))};
    std::vector<std::string> keys;
    tx.scan(table, over, [&](std::string_view key, std::string_view) {
        keys.emplace_back(key);
        return keys.size() < kSweptAtOnceMax;
    });
    for (const auto& key : keys) erase_record(tx, table, key);
}

}  // namespace

std::optional<IdempotencyRecord> find_answer(const store::Snapshot& snapshot, store::Table table,
                                             std::string_view caller, std::string_view key,
                                             Time now) {
    const auto value = snapshot.get(table, record_key(digest_of(caller, key)));
    if (!value) return std::nullopt;
    auto record = schema::decode_stored<IdempotencyRecord>(*value);
    if (record.created_at <= newest_over(now)) return std::nullopt;
    return record;
}

void keep_answer(store::Transaction& tx, store::Table table, std::string_view caller,
                 std::string_view key, const IdempotencyRecord& record) {
    sweep(tx, table, record.created_at);
    const std::string digest = digest_of(caller, key);
    // One that is over but not swept yet must not leave an entry that would later sweep the new
    // one.
    if (const auto before = tx.get(table, record_key(digest))) {
        const auto old = schema::decode_stored<IdempotencyRecord>(*before);
        erase_record(tx, table, time_key(old.created_at) + digest);
    }
    tx.put(table, record_key(digest), schema::encode_text(record));
    tx.put(table, time_key(record.created_at) + digest, "{}");
}

}  // namespace shop::events
