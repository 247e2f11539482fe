// Dumps in strings, made by a store or by hand.
//
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/dump.hpp"
#include "store/store.hpp"

namespace shop::store::test {

inline DumpTotals dump_of(const Store& store, const std::vector<std::string>& tables,
                          std::int64_t format, std::string& out,
                          const DumpProgress& progress = {}) {
    DumpTotals totals;
    const auto done = store.read([&](const Snapshot& snapshot) -> Result<void> {
        out.clear();
        const Sink sink = [&](std::string_view bytes) -> Result<void> {
            out += bytes;
            return {};
        };
        SHOP_TRY(written, write_dump(snapshot, tables, format, sink, progress));
        totals = written;
        return {};
    });
    if (!done) throw std::runtime_error(done.error().message);
    return totals;
}

// Hands out at most `piece` bytes at a time. The bytes must outlive it.
inline Source source_of(std::string_view bytes, std::size_t piece = 1 << 20) {
    return [bytes, piece](std::span<char> out) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({out.size(), piece, bytes.size()});
        std::copy_n(bytes.begin(), count, out.begin());
        bytes.remove_prefix(count);
        return count;
    };
}

inline std::string little_endian(std::uint64_t number, int bytes) {
    std::string out;
    for (; bytes > 0; --bytes, number >>= 8) out += static_cast<char>(number & 0xff);
    return out;
}

// Of a dump with the tables "a" and "b".
inline const std::string kDumpStart = "shop-dump 1\n{\"format\":1,\"tables\":[\"a\",\"b\"]}\n";
inline std::string entry_record(int table, const std::string& key, const std::string& value) {
    return static_cast<char>(table) + little_endian(key.size(), 2) +
           little_endian(value.size(), 4) + key + value;
}
inline std::string end_record(std::uint64_t entries, std::uint64_t bytes) {
    return '\xff' + little_endian(entries, 8) + little_endian(bytes, 8);
}

}  // namespace shop::store::test
