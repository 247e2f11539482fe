// The audit chain: who changed what, written in the change's own transaction; each record carries
// the hash of the one before it, so that a record that was altered or taken out later is noticed.
//
// api/audit.hpp says what a record is and how it is hashed. Table: 8-byte sequence -> JSON.
//
// Thread safety: free functions; as safe as the Transaction or Snapshot they get.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/audit.hpp"
#include "store/collection.hpp"

namespace shop::events {

using api::AuditRecord;

void append_audit(store::Transaction& tx, store::Table table, AuditRecord record);
// The newest record; seq 0 where there is none.
AuditRecord last_audit(const store::Snapshot& snapshot, store::Table table);

// Records that fit the query, as they are stored. A call looks at no more than a bounded number of
// them, so a page may have fewer than asked for, or none, and a `next`.
struct AuditSlice {
    std::vector<std::string> items;
    std::int64_t last = 0;  // as in api::AuditPage, as is next
    std::optional<std::int64_t> next;
};
AuditSlice audit_after(const store::Snapshot& snapshot, store::Table table,
                       const api::AuditQuery& query);

// The records behind the position `after` (store::key_of of a sequence; empty: from the start):
// where one was altered, moved, put in or taken out, the chain breaks. Only the first break of a
// page is told, since nothing after it can be judged; the page after it starts anew from its own
// record before. Records taken off the end leave a shorter chain that holds: compare its last hash
// with a kept one.
store::CheckPage check_audit(const store::Snapshot& snapshot, store::Table table,
                             std::string_view after, std::size_t count_max);

}  // namespace shop::events
