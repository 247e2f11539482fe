// The embedded engine's parts: LMDB's handles, and Transaction on one of its transactions.
//
// An LMDB call that fails throws EngineError, since neither put() nor get() has an error channel.
// It is no std::exception, so that a closure which catches those of its JSON does not swallow it,
// and it never leaves lmdb.cpp.
//
// Thread safety: as in store.hpp; Readers is shared by all threads.
#pragma once

#include <lmdb.h>

#include <memory>
#include <mutex>
#include <vector>

#include "store/store.hpp"

namespace shop::store {

struct EngineError {
    int code;  // MDB_… (negative) or an errno
};
// Throws where `code` is not success.
void must(int code);

struct CloseLmdb {
    void operator()(MDB_env* env) const { mdb_env_close(env); }
    void operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }
    void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Env = std::unique_ptr<MDB_env, CloseLmdb>;
using Txn = std::unique_ptr<MDB_txn, CloseLmdb>;
using Cursor = std::unique_ptr<MDB_cursor, CloseLmdb>;

Txn begin(MDB_env* env, MDB_txn* parent, unsigned flags);

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

private:
    MDB_dbi handle(Table table) const;

    MDB_txn* txn_;
    const std::vector<MDB_dbi>& tables_;
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
