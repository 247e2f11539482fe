// Idempotency records: the answer to a call that carried an Idempotency-Key, kept so that the same
// call again gives the same answer and changes nothing.
//
// Written in the transaction of the change. Old ones are swept a few at a time, as new ones are
// written.
//
// Table, where D is SHA-256(`caller 0x00 key`), 32 bytes, so that any caller and key fit:
//     `r` D                                          -> JSON of IdempotencyRecord
//     `t` created_at (store::key_of(milliseconds)) D -> `{}`; in order of age, for the sweep
//
// Thread safety: free functions; as safe as the Transaction or Snapshot they get.
#pragma once

#include <optional>
#include <string>

#include "schema/field.hpp"
#include "store/collection.hpp"

namespace shop::events {

struct IdempotencyRecord {
    std::string fingerprint;  // hash of method, path and body: another request under the same key
                              // is an error
    std::int64_t status = 0;
    std::string body;
    std::string location;  // of the response; may be empty
    std::string etag;
    Time created_at{};
};

// Nothing where the key is new or its record is older than limits::kIdempotencyKeep.
std::optional<IdempotencyRecord> find_answer(const store::Snapshot& snapshot, store::Table table,
                                             std::string_view caller, std::string_view key,
                                             Time now);
void keep_answer(store::Transaction& tx, store::Table table, std::string_view caller,
                 std::string_view key, const IdempotencyRecord& record);
// The entries behind the key `after` (empty: from the start): each record can be read and has its
// entry in the order of age, and the other way round. With `repair` (null: only look) such an entry
// is added or taken away.
store::CheckPage check_answers(const store::Snapshot& snapshot, store::Table table,
                               std::string_view after, std::size_t count_max,
                               store::Transaction* repair);

}  // namespace shop::events

namespace shop::schema {
template <>
const StructType& type_of<events::IdempotencyRecord>();
}
