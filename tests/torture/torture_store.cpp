// The program that the torture tests run on a store.
//
//   torture_store write FOLDER LANES CHANGES     changes, each acknowledged in the log
//   torture_store unsynced FOLDER LANES CHANGES  the same without a sync, by LMDB alone
//   torture_store check FOLDER COUNT...          whether the store is whole and has the lanes'
//                                                changes up to these counts
// Exit code 1 with a message where something is wrong.
#include <fmt/format.h>

#include <mutex>
#include <optional>
#include <thread>

#include "store/lmdb.hpp"
#include "torture/log.hpp"
#include "torture/workload.hpp"

using namespace shop;
using namespace shop::torture;
using store::Store;

namespace {

using Write = std::function<Result<void>(const store::WriteFn&)>;

[[noreturn]] void die(const std::string& message) {
    fmt::print(stderr, "{}\n", message);
    _exit(1);
}

void must(const Result<void>& done) {
    if (!done) die(done.error().message);
}

std::unique_ptr<Store> open_store(const std::string& folder) {
    auto store = store::open_lmdb({.folder = folder, .tables = kTables});
    if (!store) die(store.error().message);
    return std::move(*store);
}

void run_lane(const Write& write, int log, std::size_t lane, std::uint64_t changes) {
    for (std::uint64_t number = 1; number <= changes; ++number) {
        must(write([&](store::Transaction& tx) -> Result<void> {
            make_change(tx, lane, number);
            return {};
        }));
        append(log, {Kind::acknowledged, lane, number});
    }
}

// The first lane alone, then the others together, so that they share commits.
void run_lanes(const Write& write, std::size_t lanes, std::uint64_t changes) {
    const int log = open_log();
    if (log < 0) die(fmt::format("{} names no log", kLogVariable));
    append(log, {Kind::opened});
    run_lane(write, log, 0, changes);
    std::vector<std::thread> threads;
    for (std::size_t lane = 1; lane < lanes; ++lane)
        threads.emplace_back([&, lane] { run_lane(write, log, lane, changes); });
    for (auto& thread : threads) thread.join();
}

// What the engine must never be: the proof that the tests can fail.
class Unsynced {
public:
    explicit Unsynced(const std::string& folder) {
        MDB_env* raw = nullptr;
        store::must(mdb_env_create(&raw));
        env_.reset(raw);
        store::must(mdb_env_set_maxdbs(raw, 4));
        store::must(mdb_env_set_mapsize(raw, std::size_t{1} << 30));
        store::must(mdb_env_open(raw, folder.c_str(), MDB_NOSYNC, 0600));
        auto txn = store::begin(raw, nullptr, 0);
        for (const auto& name : kTables)
            store::must(mdb_dbi_open(txn.get(), name.c_str(), MDB_CREATE, &tables_.emplace_back()));
        store::must(mdb_txn_commit(txn.release()));
    }
    Result<void> write(const store::WriteFn& fn) {
        const std::lock_guard lock(mutex_);
        auto txn = store::begin(env_.get(), nullptr, 0);
        store::LmdbTransaction transaction(txn.get(), tables_);
        SHOP_CHECK(fn(transaction));
        store::must(mdb_txn_commit(txn.release()));
        return {};
    }

private:
    std::mutex mutex_;
    store::Env env_;
    std::vector<MDB_dbi> tables_;
};

// The store has these lanes' changes and nothing else, each whole.
void check_contents(const Store& store, const std::vector<std::uint64_t>& counts) {
    Contents found;
    must(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        found = read_all(snapshot);
        return {};
    }));
    const Contents wanted = expected(counts);
    for (const auto& [key, value] : wanted) {
        const auto entry = found.find(key);
        if (entry == found.end()) die(fmt::format("{} is missing", key.second));
        if (entry->second != value) die(fmt::format("{} has another value", key.second));
    }
    for (const auto& [key, value] : found)
        if (!wanted.contains(key)) die(fmt::format("{} should not be there", key.second));
}

std::vector<std::uint64_t> read_counts(const Store& store, std::size_t lanes) {
    std::vector<std::uint64_t> out;
    must(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        const Contents contents = read_all(snapshot);
        for (std::size_t lane = 0; lane < lanes; ++lane) out.push_back(count_of(contents, lane));
        return {};
    }));
    return out;
}

void check(const std::string& folder, const std::vector<std::uint64_t>& acknowledged) {
    const auto store = open_store(folder);
    auto counts = read_counts(*store, acknowledged.size());
    for (std::size_t lane = 0; lane < counts.size(); ++lane) {
        // One change may have been under way: it is there or it is not.
        if (counts[lane] == acknowledged[lane] || counts[lane] == acknowledged[lane] + 1) continue;
        die(fmt::format("lane {}: acknowledged up to change {}, the store has {}", lane,
                        acknowledged[lane], counts[lane]));
    }
    check_contents(*store, counts);
    // New changes use free pages: one that is not free would show in what was there before.
    for (int round = 0; round < 2; ++round) {
        for (auto& count : counts) ++count;
        must(store->write([&](store::Transaction& tx) -> Result<void> {
            for (std::size_t lane = 0; lane < counts.size(); ++lane)
                make_change(tx, lane, counts[lane]);
            return {};
        }));
        check_contents(*store, counts);
    }
}

void run(const std::vector<std::string>& words) {
    const std::string& folder = words.at(1);
    const std::string& verb = words.at(0);
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 2; i < words.size(); ++i) numbers.push_back(std::stoull(words[i]));
    if (verb == "write") {
        const auto store = open_store(folder);
        run_lanes([&](const auto& fn) { return store->write(fn); }, numbers.at(0), numbers.at(1));
    } else if (verb == "unsynced") {
        Unsynced store(folder);
        run_lanes([&](const auto& fn) { return store.write(fn); }, numbers.at(0), numbers.at(1));
    } else {
        check(folder, numbers);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run({argv + 1, argv + argc});
    } catch (const store::EngineError& error) {
        die(mdb_strerror(error.code));
    } catch (const std::exception& error) {
        die(error.what());
    }
    return 0;
}
