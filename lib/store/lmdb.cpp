#include "store/lmdb.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "store/closure.hpp"
#include "store/writer.hpp"

namespace shop::store {
namespace {

constexpr std::uint64_t kAheadMin = std::uint64_t{4} << 20;  // less than that is taken ahead anew
constexpr int kExitIoError = 74;                             // EX_IOERR of <sysexits.h>

// Bytes that a closure wrote or a commit could not be sure of: nobody can say what a restart will
// find, and going on could acknowledge what is not there. So the process ends before anybody gets
// an answer.
[[noreturn]] void end_process(int code) {
    fmt::print(stderr, "store: a commit failed ({}); ending, since what is on disk is unknown\n",
               mdb_strerror(code));
    _exit(kExitIoError);
}

// LMDB reports a write that came out short as EIO, and a full disk is what makes one. So ask the
// disk.
bool is_disk_full(MDB_env* env) {
    constexpr off_t kProbeBytes = 1 << 20;
    int file = -1;
    must(mdb_env_get_fd(env, &file));
    const off_t end = lseek(file, 0, SEEK_END);
    return fallocate(file, FALLOC_FL_KEEP_SIZE, end, kProbeBytes) != 0 &&
           (errno == ENOSPC || errno == EDQUOT);
}

}  // namespace

bool is_full(MDB_env* env, int code) {
    return code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT ||
           (code == EIO && is_disk_full(env));
}

namespace {

std::uint64_t page_bytes(MDB_env* env) {
    MDB_stat stat{};
    mdb_env_stat(env, &stat);
    return stat.ms_psize;
}

// Where the next page that was never used would go.
std::uint64_t end_of_data(MDB_env* env) {
    MDB_envinfo info{};
    mdb_env_info(env, &info);
    return (info.me_last_pgno + 1) * page_bytes(env);
}

Failure failure(MDB_env* env, int code) {
    if (is_full(env, code))
        return fail(Code::insufficient_storage,
                    "the disk is full and nothing was changed; free space, then try again");
    if (code == MDB_READERS_FULL)
        return fail(Code::unavailable, "too many reads at the same time; try again in a moment");
    if (code == MDB_TXN_FULL)
        return fail(Code::payload_too_large,
                    "the change is too large for one transaction; split it");
    return fail(Code::internal, fmt::format("the store failed: {}", mdb_strerror(code)));
}

class LmdbStore final : public Store {
public:
    LmdbStore(FileLock in_use, Env env, std::vector<MDB_dbi> tables, const LmdbOptions& options)
        : in_use_(std::move(in_use)),
          env_(std::move(env)),
          tables_(std::move(tables)),
          folder_(options.folder),
          bytes_ahead_(options.bytes_ahead),
          readers_(env_.get()),
          writer_([this](std::span<Change> batch) { commit_batch(batch); }) {}

    Result<void> read(const ReadFn& fn) const override;
    Result<void> write(const WriteFn& fn) override { return writer_.write(fn); }
    Stats stats() const override;

private:
    void commit_batch(std::span<Change> batch);
    Result<void> commit_alone(const WriteFn& fn);
    // False: the engine refused something, so the whole transaction is void.
    bool commit_together(std::span<Change> batch);
    // Run the changes in the transaction, and count those that succeeded.
    std::optional<std::uint64_t> run_in(MDB_txn* txn, std::span<Change> batch) const;
    std::uint64_t run_nested_in(MDB_txn* txn, std::span<Change> batch) const;
    Result<void> commit(Txn txn, std::uint64_t changes);
    void take_disk_ahead();
    bool is_in_panic() const;

    FileLock in_use_;  // first: let go once the environment is closed
    Env env_;
    std::vector<MDB_dbi> tables_;
    const std::filesystem::path folder_;
    const std::uint64_t bytes_ahead_;
    std::uint64_t taken_ = 0;  // bytes of the file that have their place on disk; the writer's
    mutable Readers readers_;
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> changes_ = 0;
    Writer writer_;  // last: its thread uses the members above
};

Result<void> LmdbStore::read(const ReadFn& fn) const {
    try {
        const auto txn = readers_.take();
        const LmdbTransaction snapshot(txn.get(), tables_);
        return run_closure(fn, snapshot);
    } catch (const EngineError& error) {
        return failure(env_.get(), error.code);
    }
}

Stats LmdbStore::stats() const {
    MDB_envinfo info{};
    mdb_env_info(env_.get(), &info);
    Stats out{.commits = commits_, .changes = changes_, .bytes_file = end_of_data(env_.get())};
    // Without a slot for the read the sizes stay zero: a figure is not worth an error.
    (void)read([&](const Snapshot& snapshot) -> Result<void> {
        for (Table table = 0; table < tables_.size(); ++table) {
            const MDB_stat stat = static_cast<const LmdbTransaction&>(snapshot).stat(table);
            out.entries.push_back(stat.ms_entries);
            out.bytes_used += stat.ms_psize *
                              (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages);
        }
        return {};
    });
    std::error_code unknown;
    const auto disk = std::filesystem::space(folder_, unknown);
    out.bytes_max = unknown
                        ? info.me_mapsize
                        : std::min<std::uint64_t>(info.me_mapsize, out.bytes_used + disk.available);
    return out;
}

// On a disk that has no room for that the file grows by what each change needs, as long as it can.
void LmdbStore::take_disk_ahead() {
    const std::uint64_t end = end_of_data(env_.get());
    if (bytes_ahead_ == 0 || end + std::min(kAheadMin, bytes_ahead_) <= taken_) return;
    int file = -1;
    mdb_env_get_fd(env_.get(), &file);
    const std::uint64_t wanted = end + bytes_ahead_;
    if (::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(wanted)) == 0) taken_ = wanted;
}

void LmdbStore::commit_batch(std::span<Change> batch) {
    take_disk_ahead();
    if (batch.size() > 1 && commit_together(batch)) return;
    for (Change& change : batch) change.result = commit_alone(*change.fn);
}

Result<void> LmdbStore::commit_alone(const WriteFn& fn) {
    try {
        Txn txn = begin(env_.get(), nullptr, 0);
        LmdbTransaction transaction(txn.get(), tables_);
        SHOP_CHECK(run_closure(fn, transaction));
        return commit(std::move(txn), 1);
    } catch (const EngineError& error) {
        if (error.code == MDB_PANIC) end_process(error.code);
        return failure(env_.get(), error.code);
    }
}

// Nothing: one failed after it had written, which most that fail have not.
std::optional<std::uint64_t> LmdbStore::run_in(MDB_txn* txn, std::span<Change> batch) const {
    std::uint64_t succeeded = 0;
    for (Change& change : batch) {
        LmdbTransaction transaction(txn, tables_);
        change.result = run_closure(*change.fn, transaction);
        if (!change.result && transaction.has_written()) return std::nullopt;
        succeeded += change.result ? 1 : 0;
    }
    return succeeded;
}

// Each in a transaction of its own, which can be rolled back alone and takes a fifth longer.
std::uint64_t LmdbStore::run_nested_in(MDB_txn* txn, std::span<Change> batch) const {
    std::uint64_t succeeded = 0;
    for (Change& change : batch) {
        Txn child = begin(env_.get(), txn, 0);
        LmdbTransaction transaction(child.get(), tables_);
        change.result = run_closure(*change.fn, transaction);
        if (!change.result) continue;
        must(mdb_txn_commit(child.release()));
        ++succeeded;
    }
    return succeeded;
}

bool LmdbStore::commit_together(std::span<Change> batch) {
    try {
        Txn txn = begin(env_.get(), nullptr, 0);
        auto changes = run_in(txn.get(), batch);
        if (!changes) {
            txn.reset();
            txn = begin(env_.get(), nullptr, 0);
            changes = run_nested_in(txn.get(), batch);
        }
        const auto done = commit(std::move(txn), *changes);
        // A refusal counts no more than a success here: it may rest on a neighbour's change that is
        // gone.
        if (!done)
            for (Change& change : batch) change.result = done;
        return true;
    } catch (const EngineError&) {
        return false;
    }
}

Result<void> LmdbStore::commit(Txn txn, std::uint64_t changes) {
    const int code = mdb_txn_commit(txn.release());
    if (code == MDB_SUCCESS) {
        ++commits_;
        changes_ += changes;
        return {};
    }
    // A panic: LMDB could not write the page that makes the commit valid, or take it back.
    if (is_full(env_.get(), code) && !is_in_panic()) return failure(env_.get(), code);
    // LMDB's own codes are refusals before the first byte was written; an errno is a write or an
    // fsync that failed.
    if (code < 0 && code != MDB_PANIC) throw EngineError{code};
    end_process(code);
}

bool LmdbStore::is_in_panic() const {
    MDB_txn* txn = nullptr;
    const int code = mdb_txn_begin(env_.get(), nullptr, MDB_RDONLY, &txn);
    const Txn begun(txn);
    return code == MDB_PANIC;
}

}  // namespace

std::unique_ptr<Store> make_store(FileLock in_use, Env env, std::vector<MDB_dbi> tables,
                                  const LmdbOptions& options) {
    return std::make_unique<LmdbStore>(std::move(in_use), std::move(env), std::move(tables),
                                       options);
}

}  // namespace shop::store
