// Opening the embedded store: made where it is missing, upgraded where it is old.
#include <fmt/format.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

#include "base/file.hpp"
#include "base/text.hpp"
#include "store/closure.hpp"
#include "store/lmdb.hpp"
#include "store/lmdb_folder.hpp"
#include "store/upgrade.hpp"

namespace shop::store {
namespace {

constexpr unsigned kReadersMax = 512;  // reads at the same time, of all processes
constexpr std::uint64_t kMapBytesMin = std::uint64_t{64}
                                       << 20;  // below that no address space is worth a try

std::int64_t newest_format(const UpgradeSteps& steps) {
    return 1 + static_cast<std::int64_t>(steps.size());
}

// Nothing where the store is new.
Result<std::optional<std::int64_t>> read_format(const Transaction& meta,
                                                const std::filesystem::path& folder,
                                                std::int64_t newest) {
    const auto text = meta.get(0, kFormatKey);
    if (!text) return std::nullopt;
    const auto number = parse_int(*text);
    if (!number || *number < 1)
        return fail(Code::failed_precondition,
                    fmt::format("{} has no readable format number; restore it from a backup",
                                folder.native()));
    if (*number > newest)
        return fail(
            Code::failed_precondition,
            fmt::format(
                "{} has format {} and this program knows formats up to {}; start a newer release, "
                "or restore a backup of this one",
                folder.native(), *number, newest));
    return number;
}

bool has_table(MDB_txn* txn, const std::string& name) {
    MDB_dbi table = 0;
    const int found = mdb_dbi_open(txn, name.c_str(), 0, &table);
    if (found != MDB_NOTFOUND) must(found);
    return found == MDB_SUCCESS;
}

Result<void> run_step(MDB_txn* txn, const UpgradeStep& step) {
    assert(!step.tables.empty());
    if (!has_table(txn, step.tables.front())) return {};
    std::vector<MDB_dbi> tables;
    for (const auto& name : step.tables) tables.push_back(open_table(txn, name));
    LmdbTransaction transaction(txn, tables);
    return run_closure(step.run, transaction);
}

// Brings the store to the newest format, in `txn`. Whether a step ran: other handles than the
// store's are open then.
Result<bool> upgrade(MDB_txn* txn, const std::filesystem::path& folder, const UpgradeSteps& steps) {
    const std::vector<MDB_dbi> tables{open_table(txn, kMetaTable)};
    LmdbTransaction meta(txn, tables);
    const std::int64_t newest = newest_format(steps);
    SHOP_TRY(format, read_format(meta, folder, newest));
    if (format == newest) return false;
    if (format) {
        const auto alone = use_folder_alone(
            folder, fmt::format("{} has format {} and this program upgrades it to format {}, which "
                                "it cannot while another process has it open; stop the old "
                                "release, then start this one",
                                folder.native(), *format, newest));
        if (!alone) return tl::make_unexpected(alone.error());
        for (auto number = *format; number < newest; ++number)
            SHOP_CHECK(run_step(txn, steps[static_cast<std::size_t>(number - 1)]));
    }
    meta.put(0, kFormatKey, std::to_string(newest));
    return format.has_value();
}

// LMDB tells the processes that read a store apart by their numbers. Two containers with process
// numbers of their own may have the same, 1 for one: then every read of the second one would fail.
// Holds our number, as long as the environment is open.
Result<void> take_number(MDB_env* env, const std::filesystem::path& folder) {
    MDB_txn* txn = nullptr;
    const int code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn);
    if (code == EAGAIN || code == EACCES)
        return fail(
            Code::failed_precondition,
            fmt::format("the store in {} is open in a process of another container that has the "
                        "number of this one, {}, and LMDB cannot tell the two apart; stop that "
                        "one first, or give both containers one namespace of processes "
                        "(podman: --pid container:NAME)",
                        folder.native(), ::getpid()));
    // All slots of readers may be taken for a moment.
    if (code == MDB_READERS_FULL) return {};
    must(code);
    mdb_txn_abort(txn);
    return {};
}

struct Opened {
    Env env;
    std::vector<MDB_dbi> tables;
};

Result<Opened> open_environment_and_tables(const LmdbOptions& options, const UpgradeSteps& steps) {
    Opened out{open_environment(options.folder, options.map_bytes_max, 0), {}};
    int dead_readers = 0;
    must(mdb_reader_check(out.env.get(), &dead_readers));
    SHOP_CHECK(take_number(out.env.get(), options.folder));
    Txn txn = begin(out.env.get(), nullptr, 0);
    SHOP_TRY(upgraded, upgrade(txn.get(), options.folder, steps));
    if (!upgraded)
        for (const auto& name : options.tables) out.tables.push_back(open_table(txn.get(), name));
    must(mdb_txn_commit(txn.release()));
    if (!upgraded) return out;
    out.env.reset();
    return open_environment_and_tables(options, steps);
}

// LMDB writes the first two pages of a file one after the other and syncs them together: a power
// loss in between would leave a file that never opens again. So a new store is made beside, and
// moved into its place once it is on disk.
Result<void> make_where_missing(const LmdbOptions& options, const UpgradeSteps& steps) {
    std::error_code ignored;
    if (std::filesystem::exists(options.folder / kDataFile, ignored)) return {};
    SHOP_TRY(beside, WorkFolder::make(options.folder, WorkFolder::Kind::made));
    LmdbOptions there = options;
    there.folder = beside.path();
    SHOP_TRY(made, open_environment_and_tables(there, steps));
    made.env.reset();
    return put_in_place(beside.path() / kDataFile, options.folder);
}

}  // namespace

Env open_environment(const std::filesystem::path& folder, std::uint64_t map_bytes_max,
                     unsigned flags) {
    for (std::uint64_t map_bytes = map_bytes_max;; map_bytes /= 2) {
        MDB_env* raw = nullptr;
        must(mdb_env_create(&raw));
        Env env(raw);
        must(mdb_env_set_maxreaders(raw, kReadersMax));
        must(mdb_env_set_maxdbs(raw, kTablesMax + 1));
        must(mdb_env_set_mapsize(raw, map_bytes));
        const int code = mdb_env_open(raw, folder.c_str(), MDB_NOTLS | flags, 0600);
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

const UpgradeSteps& upgrade_steps() {
    static const UpgradeSteps steps;
    return steps;
}

std::int64_t store_format() { return newest_format(upgrade_steps()); }

Result<std::unique_ptr<Store>> open_lmdb(const LmdbOptions& options) {
    return open_lmdb_with(options, upgrade_steps());
}

Result<std::unique_ptr<Store>> open_lmdb_with(const LmdbOptions& options,
                                              const UpgradeSteps& steps) {
    assert(options.tables.size() <= kTablesMax);
    SHOP_CHECK(make_folder(options.folder, 0700));
    try {
        const auto entered = enter_folder(options.folder);
        if (!entered) return tl::make_unexpected(entered.error());
        SHOP_CHECK(make_where_missing(options, steps));
        SHOP_TRY(opened, open_environment_and_tables(options, steps));
        SHOP_TRY(in_use, use_folder(options.folder));
        SHOP_CHECK(sync_folder(options.folder));
        SHOP_CHECK(sync_folder(options.folder / ".."));
        return make_store(std::move(in_use), std::move(opened.env), std::move(opened.tables),
                          options);
    } catch (const EngineError& error) {
        return failure_in(options.folder, "open", error.code);
    }
}

}  // namespace shop::store
