// The audit chain: who changed what, written in the change's own transaction; each record carries
// the hash of the one before it, so that a record that was altered or taken out later is noticed.
//
// hash(n) = SHA-256(hash(n-1) as hex || JSON of record n without `hash`). Table: 8-byte sequence ->
// JSON.
//
// Thread safety: free functions; as safe as the Transaction or Snapshot they get.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "schema/field.hpp"
#include "store/collection.hpp"

namespace shop::events {

struct AuditRecord {
    std::int64_t seq = 0;  // set by append
    Time time{};
    std::string action;  // the endpoint's id: "product_update"
    std::string actor;   // user id, service name, or "" for nobody
    std::string actor_name;
    std::string subject;  // id of what was changed
    std::string request_id;
    std::string address;   // of the peer
    std::string previous;  // hash of the record before; set by append
    std::string hash;      // set by append
};

void append_audit(store::Transaction& tx, store::Table table, AuditRecord record);
// The records behind the position `after` (store::key_of of a sequence; empty: from the start):
// where one was altered, moved, put in or taken out, the chain breaks. Only the first break of a
// page is told, since nothing after it can be judged; the page after it starts anew from its own
// record before. Records taken off the end leave a shorter chain that holds: compare its last hash
// with a kept one.
store::CheckPage check_audit(const store::Snapshot& snapshot, store::Table table,
                             std::string_view after, std::size_t count_max);

}  // namespace shop::events

namespace shop::schema {
template <>
const StructType& type_of<events::AuditRecord>();
}
