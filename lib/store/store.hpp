// The key-value interface under every service: ordered tables, snapshot reads, atomic writes.
//
// A store holds a few named tables of byte-ordered keys. Reads see one consistent snapshot. Writes
// are closures: the engine runs them in a transaction, may run one again (after a conflict, or when
// a neighbour in the same group failed), and returns only after the commit is on disk. A closure
// therefore has no effect but through its Transaction, does no HTTP, takes no lock of its own and
// is short.
//
// Thread safety: Store is shared by all threads. A Snapshot and a Transaction belong to the call
// that got them and end with it. Bytes handed out (string_view) live until the closure returns, or
// until it writes to that table, whichever comes first: copy what must outlive that. A closure must
// not call Store::write; it may call read, which shows what is committed. A visitor of a scan may
// write to the table that it scans.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::store {

// Index into the list of table names that the store was opened with.
using Table = std::uint32_t;
inline constexpr std::size_t kTablesMax = 64;  // a transaction's start costs a little for each

// A range of keys: [from, to). Empty `to`: up to the end of the table.
struct Range {
    std::string from;
    std::string to;
    bool reverse = false;
};
// All keys that start with the prefix.
Range prefix_range(std::string_view prefix, bool reverse = false);

// One entry during a scan. Return false to end the scan.
using Visit = std::function<bool(std::string_view key, std::string_view value)>;

class Snapshot {
public:
    virtual ~Snapshot() = default;
    // Nothing where the key is not there: that is not an error.
    virtual std::optional<std::string_view> get(Table table, std::string_view key) const = 0;
    virtual void scan(Table table, const Range& range, const Visit& visit) const = 0;
    virtual std::uint64_t count(Table table) const = 0;
};

class Transaction : public Snapshot {
public:
    // Keys are 1 to limits::kKeyBytesMax bytes (an assertion: callers bound what comes from
    // outside).
    virtual void put(Table table, std::string_view key, std::string_view value) = 0;
    // Whether there was such a key.
    virtual bool erase(Table table, std::string_view key) = 0;
};

using ReadFn = std::function<Result<void>(const Snapshot&)>;
using WriteFn = std::function<Result<void>(Transaction&)>;

// Figures for /metrics and `shopctl store stats`.
struct Stats {
    std::uint64_t commits = 0;  // transactions made durable
    std::uint64_t changes = 0;  // closures in them that succeeded
    std::uint64_t bytes_used =
        0;  // pages that hold the tables; free ones inside the file do not count
    std::uint64_t bytes_file = 0;  // used or free, without what is taken ahead
    // What bytes_used can grow up to: the map, or what the disk has left where that is less.
    std::uint64_t bytes_max = 0;
    std::vector<std::uint64_t> entries;  // by table
    // Time to make room, while there is some.
    bool almost_full() const { return bytes_max > 0 && bytes_used >= bytes_max / 5 * 4; }
};

class Store {
public:
    virtual ~Store() = default;
    // Runs `fn` on a snapshot in the calling thread; returns what it returns.
    virtual Result<void> read(const ReadFn& fn) const = 0;
    // Runs `fn` in a transaction; returns after it is durable, or with its error and nothing
    // changed. insufficient_storage: the disk is full, nothing changed, reads go on. unavailable:
    // the store is closing. A failing fsync ends the process (exit code 74, EX_IOERR): what is on
    // disk is unknown then.
    virtual Result<void> write(const WriteFn& fn) = 0;
    virtual Stats stats() const = 0;
};

struct LmdbOptions {
    std::filesystem::path folder;     // made with mode 0700 where missing
    std::vector<std::string> tables;  // at most kTablesMax names; a table once made stays
    // Address space, not disk: the file grows by itself up to this, without a restart.
    std::uint64_t map_bytes_max = std::uint64_t{256} << 30;
    // Disk that is taken ahead of the changes, so that a disk that somebody else fills leaves room
    // for so much more; 0: none.
    std::uint64_t bytes_ahead = std::uint64_t{16} << 20;
};
// The embedded engine (lmdb.cpp). Two processes may have one store open, as the old and the new
// release do during a deployment: their changes take turns. A store of an older format is upgraded
// first (upgrade.hpp). failed_precondition where the format is newer than this program's, or older
// while another process has the store open; unavailable where another process is making, upgrading,
// restoring or compacting it and takes its time.
Result<std::unique_ptr<Store>> open_lmdb(const LmdbOptions& options);

struct MemoryOptions {
    // Every write closure runs twice, the first time for nothing, as if it had met a conflict:
    // shows closures that cannot be run again.
    bool reruns = false;
};
// Plain maps in memory (memory.cpp), for fast tests and as the second engine of the contract.
// Nothing survives the store's end. A change copies each table that it touches: for thousands of
// entries, not for millions.
std::unique_ptr<Store> open_memory(const std::vector<std::string>& tables,
                                   const MemoryOptions& options = {});

}  // namespace shop::store
