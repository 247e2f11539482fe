// The embedded engine's parts: LMDB's handles, and Transaction on one of its transactions.
//
// An LMDB call that fails throws EngineError, since neither put() nor get() has an error channel.
// It is no std::exception, so that a closure which catches those of its JSON does not swallow it,
// and it never leaves the lmdb*.cpp.
//
// Thread safety: as in store.hpp; Readers is shared by all threads.
#pragma once

#include <lmdb.h>

#include <memory>
#include <mutex>
#include <vector>

#include "base/file_lock.hpp"
#include "store/store.hpp"

namespace shop::store {

struct EngineError {
    int code;  // MDB_… (negative) or an errno
};
// Throws where `code` is not success.
void must(int code);

// LMDB takes keys and values as pointers to what could change, and changes neither.
MDB_val to_val(std::string_view bytes);

struct CloseLmdb {
    void operator()(MDB_env* env) const { mdb_env_close(env); }
    void operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }
    void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Env = std::unique_ptr<MDB_env, CloseLmdb>;
using Txn = std::unique_ptr<MDB_txn, CloseLmdb>;
using Cursor = std::unique_ptr<MDB_cursor, CloseLmdb>;

// The environment in the folder, which must be there. Where the address space is bounded
// (ulimit -v) its map is smaller than asked for.
Env open_environment(const std::filesystem::path& folder, std::uint64_t map_bytes_max,
                     unsigned flags);
Txn begin(MDB_env* env, MDB_txn* parent, unsigned flags);
// Made where missing.
MDB_dbi open_table(MDB_txn* txn, std::string_view name);

// The engine's own table, and its only entry: the number of FORMAT.md.
inline constexpr std::string_view kMetaTable = "meta";
inline constexpr std::string_view kFormatKey = "format";

// Whether the call failed because the disk (or the map) is full.
bool is_full(MDB_env* env, int code);
// Another file's or folder's errno during work on a store in `folder`.
Failure failure_in(const std::filesystem::path& folder, std::string_view verb, int code);

// The store over an environment whose tables are open. It holds `in_use` as long as it lives.
std::unique_ptr<Store> make_store(FileLock in_use, Env env, std::vector<MDB_dbi> tables,
                                  const LmdbOptions& options);

class LmdbTransaction final : public Transaction {
public:
    // `tables` are the handles by Table. Neither is owned.
    LmdbTransaction(MDB_txn* txn, const std::vector<MDB_dbi>& tables)
        : txn_(txn), tables_(tables) {}

    std::optional<std::string_view> get(Table table, std::string_view key) const override;
    void scan(Table table, const Range& range, const Visit& visit) const override;
    std::uint64_t count(Table table) const override;
    void put(Table table, std::string_view key, std::string_view value) override;
    bool erase(Table table, std::string_view key) override;

    MDB_stat stat(Table table) const;
    // Whether there is anything to roll back.
    bool has_written() const { return has_written_; }

private:
    MDB_dbi handle(Table table) const;

    MDB_txn* txn_;
    const std::vector<MDB_dbi>& tables_;
    bool has_written_ = false;
};

// Read transactions at rest: one that is used again keeps its slot in the lock file, so that its
// start takes no lock that is shared between processes.
class Readers {
public:
    struct GiveBack {
        Readers* readers;
        void operator()(MDB_txn* txn) const { readers->give_back(txn); }
    };
    using Lease = std::unique_ptr<MDB_txn, GiveBack>;

    explicit Readers(MDB_env* env) : env_(env) {}
    Lease take();

private:
    void give_back(MDB_txn* txn);

    MDB_env* env_;
    std::mutex mutex_;
    std::vector<Txn> resting_;  // guarded by mutex_
};

}  // namespace shop::store
