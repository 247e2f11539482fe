#include "events/idempotency.hpp"

#include <algorithm>
#include <vector>

#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
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
constexpr std::size_t kDigestBytes = 32;  // of SHA-256

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

// A key for people: the table's keys are bytes.
std::string name_of(std::string_view key) {
    return to_hex(key.substr(key.size() - std::min(key.size(), kDigestBytes)));
}

void judge_entry(const store::Snapshot& snapshot, store::Table table, std::string_view key,
                 std::string_view value, store::CheckPage& page, std::vector<std::string>& missing,
                 std::vector<std::string>& left_over) {
    const auto fault = [&](std::string_view problem, bool repairable = true) {
        page.faults.push_back({name_of(key), std::string(problem), repairable});
    };
    const bool timed = key.starts_with('t') && key.size() == time_key({}).size() + kDigestBytes;
    if (timed) {
        if (snapshot.get(table, record_key(key.substr(time_key({}).size())))) return;
        left_over.emplace_back(key);
        return fault("has a place in the order of age and no record");
    }
    const auto record = schema::decode_text<IdempotencyRecord>(value, schema::Mode::stored);
    if (!record || !key.starts_with('r')) return fault("can't be read", false);
    std::string place = time_key(record->created_at) + std::string(key.substr(1));
    if (snapshot.get(table, place)) return;
    missing.push_back(std::move(place));
    fault("has no place in the order of age");
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

store::CheckPage check_answers(const store::Snapshot& snapshot, store::Table table,
                               std::string_view after, std::size_t count_max,
                               store::Transaction* repair) {
    store::CheckPage page;
    std::string from(after);
    from += '\0';  // the least key behind it
    std::vector<std::string> missing, left_over;
    std::string last;
    snapshot.scan(table, {.from = after.empty() ? "" : from, .to = {}},
                  [&](std::string_view key, std::string_view value) {
                      if (page.examined == count_max) {
                          page.next = last;
                          return false;
                      }
                      last = key;
                      ++page.examined;
                      judge_entry(snapshot, table, key, value, page, missing, left_over);
                      return true;
                  });
    if (!repair) return page;
    for (const auto& key : missing) repair->put(table, key, "{}");
    for (const auto& key : left_over) repair->erase(table, key);
    return page;
}

}  // namespace shop::events
