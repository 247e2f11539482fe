#include "store/lmdb.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>

#include "base/file.hpp"
#include "base/text.hpp"
#include "store/closure.hpp"
#include "store/writer.hpp"

namespace shop::store {
namespace {

constexpr std::int64_t kFormat = 1;    // of FORMAT.md
constexpr unsigned kReadersMax = 512;  // reads at the same time, of all processes
constexpr std::uint64_t kMapBytesMin = std::uint64_t{64}
                                       << 20;  // below that no address space is worth a try
constexpr std::uint64_t kAheadMin = std::uint64_t{4} << 20;  // less than that is taken ahead anew
constexpr int kExitIoError = 74;                             // EX_IOERR of <sysexits.h>

constexpr std::string_view kMetaTable = "meta";
constexpr std::string_view kFormatKey = "format";

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

bool is_full(MDB_env* env, int code) {
    return code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT ||
           (code == EIO && is_disk_full(env));
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
    LmdbStore(Env env, std::vector<MDB_dbi> tables, const LmdbOptions& options)
        : env_(std::move(env)),
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
    Result<void> commit(Txn txn, std::uint64_t changes);
    void take_disk_ahead();
    bool is_in_panic() const;

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
    Stats out{.commits = commits_, .changes = changes_};
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

bool LmdbStore::commit_together(std::span<Change> batch) {
    try {
        Txn txn = begin(env_.get(), nullptr, 0);
        std::uint64_t changes = 0;
        for (Change& change : batch) {
            Txn child = begin(env_.get(), txn.get(), 0);
            LmdbTransaction transaction(child.get(), tables_);
            change.result = run_closure(*change.fn, transaction);
            if (!change.result) continue;
            must(mdb_txn_commit(child.release()));
            ++changes;
        }
        const auto done = commit(std::move(txn), changes);
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

Env open_environment(const LmdbOptions& options) {
    // Where the address space is bounded (ulimit -v), a smaller map is better than no shop.
    for (std::uint64_t map_bytes = options.map_bytes_max;; map_bytes /= 2) {
        MDB_env* raw = nullptr;
        must(mdb_env_create(&raw));
        Env env(raw);
        must(mdb_env_set_maxreaders(raw, kReadersMax));
        must(mdb_env_set_maxdbs(raw, kTablesMax + 1));
        must(mdb_env_set_mapsize(raw, map_bytes));
        const int code = mdb_env_open(raw, options.folder.c_str(), MDB_NOTLS, 0600);
        if (code == ENOMEM && map_bytes / 2 >= kMapBytesMin) continue;
        must(code);
        return env;
    }
}

MDB_dbi open_table(MDB_txn* txn, std::string_view name) {
    MDB_dbi table = 0;
    must(mdb_dbi_open(txn, std::string(name).c_str(), MDB_CREATE, &table));
    return table;
}

// Refuses a newer format; writes the number where the store is new.
Result<void> check_format(MDB_txn* txn, const LmdbOptions& options) {
    const std::vector<MDB_dbi> tables{open_table(txn, kMetaTable)};
    LmdbTransaction transaction(txn, tables);
    const auto text = transaction.get(0, kFormatKey);
    if (!text) {
        transaction.put(0, kFormatKey, std::to_string(kFormat));
        return {};
    }
    const auto number = parse_int(*text);
    if (!number || *number < 1)
        return fail(Code::failed_precondition,
                    fmt::format("{} has no readable format number; restore it from a backup",
                                options.folder.native()));
    if (*number > kFormat)
        return fail(
            Code::failed_precondition,
            fmt::format(
                "{} has format {} and this program knows formats up to {}; start a newer release, "
                "or restore a backup of this one",
                options.folder.native(), *number, kFormat));
    return {};
}

Result<std::unique_ptr<Store>> open_in_folder(const LmdbOptions& options) {
    Env env = open_environment(options);
    int dead_readers = 0;
    must(mdb_reader_check(env.get(), &dead_readers));
    Txn txn = begin(env.get(), nullptr, 0);
    SHOP_CHECK(check_format(txn.get(), options));
    std::vector<MDB_dbi> tables;
    for (const auto& name : options.tables) tables.push_back(open_table(txn.get(), name));
    must(mdb_txn_commit(txn.release()));
    return std::make_unique<LmdbStore>(std::move(env), std::move(tables), options);
}

// A new file is durable once the folder that names it is.
Result<void> sync_folder(const std::filesystem::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    const int code = errno;
    if (file >= 0) ::close(file);
    if (synced) return {};
    return fail(Code::failed_precondition,
                fmt::format("cannot sync the folder {}: {}", folder.native(), mdb_strerror(code)));
}

// Holds a folder against other processes that would make a store in it.
class FolderHold {
public:
    explicit FolderHold(const std::filesystem::path& folder)
        : file_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        while (file_ >= 0 && ::flock(file_, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    ~FolderHold() {
        if (file_ >= 0) ::close(file_);
    }
    FolderHold(const FolderHold&) = delete;
    FolderHold& operator=(const FolderHold&) = delete;

private:
    int file_;
};

// LMDB writes the first two pages of a file one after the other and syncs them together: a power
// loss in between would leave a file that never opens again. So a new store is made beside, and
// moved into its place once it is on disk.
Result<void> make_where_missing(const LmdbOptions& options) {
    const auto place = options.folder / "data.mdb";
    const FolderHold hold(options.folder);
    std::error_code code;
    if (std::filesystem::exists(place, code)) return {};
    LmdbOptions beside = options;
    beside.folder = options.folder / "new";
    std::filesystem::remove_all(beside.folder, code);  // of a try that ended half-way
    SHOP_CHECK(make_folder(beside.folder, 0700));
    SHOP_TRY(made, open_in_folder(beside));
    made.reset();
    if (::rename((beside.folder / "data.mdb").c_str(), place.c_str()) != 0)
        return fail(Code::failed_precondition,
                    fmt::format("cannot make {}: {}", place.native(), mdb_strerror(errno)));
    std::filesystem::remove_all(beside.folder, code);
    return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_lmdb(const LmdbOptions& options) {
    assert(options.tables.size() <= kTablesMax);
    SHOP_CHECK(make_folder(options.folder, 0700));
    try {
        SHOP_CHECK(make_where_missing(options));
        auto store = open_in_folder(options);
        if (store) {
            SHOP_CHECK(sync_folder(options.folder));
            SHOP_CHECK(sync_folder(options.folder / ".."));
        }
        return store;
    } catch (const EngineError& error) {
        const bool full = error.code == ENOSPC || error.code == EDQUOT;
        return fail(full ? Code::insufficient_storage : Code::failed_precondition,
                    fmt::format("cannot open the store in {}: {}", options.folder.native(),
                                mdb_strerror(error.code)));
    }
}

}  // namespace shop::store
