// A dump: all tables of one snapshot as a stream of records, the same for every engine. FORMAT.md
// describes it.
//
// What comes in is not trusted: every length, name and order is checked, and a dump that was cut
// off or changed is invalid_argument, "the backup is damaged". Memory is bounded by one entry.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream.hpp"
#include "store/store.hpp"

namespace shop::store {

struct DumpHeader {
    std::int64_t format = 0;  // of the store that it was made of
    std::vector<std::string> tables;
};

struct DumpTotals {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  // of keys and values
    bool operator==(const DumpTotals&) const = default;
};

// Called now and then with the totals so far. May be empty.
using DumpProgress = std::function<void(const DumpTotals&)>;

// Writes the snapshot's tables, named in the order in which the store was opened; `format` is the
// store's (store_format()). Plain bytes in pieces of 64 KiB or more: whoever wants it small puts a
// ZstdWriter behind. Fails with the sink's error.
Result<DumpTotals> write_dump(const Snapshot& snapshot, const std::vector<std::string>& tables,
                              std::int64_t format, const Sink& sink,
                              const DumpProgress& progress = {});

struct DumpVisitor {
    // Before the first entry.
    std::function<Result<void>(const DumpHeader&)> header;
    // Table by table, in the order of the keys. The bytes live until it returns.
    std::function<Result<void>(Table table, std::string_view key, std::string_view value)> entry;
};
// Reads a dump from its first byte to its last and hands it out. Fails with the source's or the
// visitor's error as well. Entries are handed out before the end is seen: keep nothing where it
// fails.
Result<DumpTotals> read_dump(const Source& source, const DumpVisitor& visitor,
                             const DumpProgress& progress = {});
// Reads it whole and keeps nothing.
Result<DumpTotals> check_dump(const Source& source, const DumpProgress& progress = {});

}  // namespace shop::store
