#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "store/lmdb.hpp"
#include "store/lmdb_folder.hpp"
#include "store/offline.hpp"
#include "store/upgrade.hpp"

namespace shop::store {
namespace {

// Of keys and values in one transaction: its pages stay in memory until it ends.
constexpr std::uint64_t kCommitBytes = std::uint64_t{32} << 20;

// The folder, and the proof that no process has the store in it open.
struct Alone {
    FileLock entered;
    FileLock in_use;
};

Result<Alone> take_alone(const std::filesystem::path& folder) {
    SHOP_TRY(entered, enter_folder(folder));
    SHOP_TRY(in_use, use_folder_alone(
                         folder, fmt::format("a process has the store in {} open; end the shop "
                                             "first (shopctl down), then try again",
                                             folder.native())));
    return Alone{std::move(entered), std::move(in_use)};
}

// Puts the entries of a dump, which come in order, into a new environment.
class Loader {
public:
    explicit Loader(const std::filesystem::path& folder)
        // A file that is thrown away unless all of it gets on disk at the end needs no syncs
        // before.
        : env_(open_environment(folder, LmdbOptions{}.map_bytes_max, MDB_NOSYNC)) {}

    MDB_env* environment() const { return env_.get(); }

    Result<void> begin_with(const DumpHeader& header) {
        txn_ = begin(env_.get(), nullptr, 0);
        put(open_table(txn_.get(), kMetaTable), kFormatKey, std::to_string(header.format));
        for (const auto& name : header.tables) {
            if (name == kMetaTable)
                return fail(Code::invalid_argument,
                            "the backup is damaged (a table has the name of the engine's own); "
                            "take another one");
            tables_.push_back(open_table(txn_.get(), name));
        }
        return {};
    }
    Result<void> add(Table table, std::string_view key, std::string_view value) {
        put(tables_[table], key, value);
        uncommitted_ += key.size() + value.size();
        if (uncommitted_ < kCommitBytes) return {};
        uncommitted_ = 0;
        must(mdb_txn_commit(txn_.release()));
        txn_ = begin(env_.get(), nullptr, 0);
        return {};
    }
    void finish() {
        must(mdb_txn_commit(txn_.release()));
        must(mdb_env_sync(env_.get(), 1));
    }

private:
    void put(MDB_dbi table, std::string_view key, std::string_view value) {
        MDB_val at = to_val(key);
        MDB_val bytes = to_val(value);
        must(mdb_put(txn_.get(), table, &at, &bytes, MDB_APPEND));
    }

    Env env_;
    Txn txn_;  // below env_: it ends first
    std::vector<MDB_dbi> tables_;
    std::uint64_t uncommitted_ = 0;
};

Result<void> check_format(const std::filesystem::path& folder, std::int64_t format) {
    if (format <= store_format()) return {};
    return fail(Code::failed_precondition,
                fmt::format("the backup has format {} and this program knows formats up to {}; "
                            "restore it into {} with the release that made it, or a newer one",
                            format, store_format(), folder.native()));
}

// Makes data.mdb in `work` of the dump.
Result<DumpTotals> load(const std::filesystem::path& folder, const Source& dump,
                        const DumpProgress& progress, std::optional<WorkFolder>& work) {
    std::optional<Loader> loader;
    try {
        const auto loaded = read_dump(
            dump,
            {.header = [&](const DumpHeader& header) -> Result<void> {
                 SHOP_CHECK(check_format(folder, header.format));
                 SHOP_TRY(made, WorkFolder::make(folder, WorkFolder::Kind::restored));
                 work.emplace(std::move(made));
                 loader.emplace(work->path());
                 return loader->begin_with(header);
             },
             .entry = [&](Table table, std::string_view key,
                          std::string_view value) { return loader->add(table, key, value); }},
            progress);
        if (loaded) loader->finish();
        return loaded;
    } catch (const EngineError& error) {
        const bool full = loader && is_full(loader->environment(), error.code);
        return failure_in(folder, "restore", full ? ENOSPC : error.code);
    }
}

// What is in place stays, under a second name, until the new store takes the first one.
Result<void> keep_former(const std::filesystem::path& folder) {
    const auto place = folder / kDataFile;
    std::error_code code;
    if (!std::filesystem::exists(place, code)) return {};
    const auto former = folder / "former";
    SHOP_CHECK(make_folder(former, 0700));
    const auto beside = former / "new.mdb";
    std::filesystem::remove(beside, code);  // of a try that was broken off
    if (::link(place.c_str(), beside.c_str()) != 0 ||
        ::rename(beside.c_str(), (former / kDataFile).c_str()) != 0)
        return failure_in(folder, "keep", errno);
    return sync_folder(former);
}

// A copy of the folder's store without free pages, on disk.
void copy_compact(const std::filesystem::path& folder, const std::filesystem::path& to) {
    const Env env = open_environment(folder, LmdbOptions{}.map_bytes_max, MDB_RDONLY);
    const Descriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) throw EngineError{errno};
    must(mdb_env_copyfd2(env.get(), file.fd(), MDB_CP_COMPACT));
    if (::fsync(file.fd()) != 0) throw EngineError{errno};
}

}  // namespace

Result<DumpTotals> restore_lmdb(const std::filesystem::path& folder, const Source& dump,
                                const DumpProgress& progress) {
    SHOP_CHECK(make_folder(folder, 0700));
    const auto alone = take_alone(folder);
    if (!alone) return tl::make_unexpected(alone.error());
    std::optional<WorkFolder> work;
    SHOP_TRY(totals, load(folder, dump, progress, work));
    SHOP_CHECK(keep_former(folder));
    SHOP_CHECK(put_in_place(work->path() / kDataFile, folder));
    SHOP_CHECK(sync_folder(folder / ".."));
    return totals;
}

Result<CompactTotals> compact_lmdb(const std::filesystem::path& folder) {
    const auto place = folder / kDataFile;
    std::error_code code;
    if (!std::filesystem::exists(place, code))
        return fail(Code::not_found, fmt::format("there is no store in {}", folder.native()));
    const auto alone = take_alone(folder);
    if (!alone) return tl::make_unexpected(alone.error());
    try {
        SHOP_TRY(work, WorkFolder::make(folder, WorkFolder::Kind::compacted));
        const auto copy = work.path() / kDataFile;
        copy_compact(folder, copy);
        const CompactTotals totals{std::filesystem::file_size(place),
                                   std::filesystem::file_size(copy)};
        SHOP_CHECK(put_in_place(copy, folder));
        return totals;
    } catch (const EngineError& error) {
        return failure_in(folder, "compact", error.code);
    } catch (const std::filesystem::filesystem_error& error) {
        return failure_in(folder, "compact", error.code().value());
    }
}

}  // namespace shop::store
