// The engines that pass the contract tests, and a folder of their own for each test.
//
// One more engine is one more row in engines(). A closure of a test may run more than once, in any
// thread: it sets what it hands out, and adds to nothing.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "store/store.hpp"
#include "support/temp_folder.hpp"

namespace shop::store::test {

using shop::test::TempFolder;

struct Engine {
    std::string name;
    // Opens the store that lives in the folder. Twice the same folder, one after the other: the
    // same store where the engine is durable, else an empty one.
    std::function<std::unique_ptr<Store>(const std::filesystem::path& folder,
                                         const std::vector<std::string>& tables)>
        open;
    bool durable = false;         // keeps what was committed when it is opened again
    bool groups_commits = false;  // changes that wait share a commit
    bool reruns = false;          // runs every write closure twice
};

inline std::unique_ptr<Store> open_or_throw(const LmdbOptions& options) {
    auto store = open_lmdb(options);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

inline const std::vector<Engine>& engines() {
    static const std::vector<Engine> all{
        {.name = "lmdb",
         .open =
             [](const auto& folder, const auto& tables) {
                 return open_or_throw({.folder = folder / "store", .tables = tables});
             },
         .durable = true,
         .groups_commits = true},
        {.name = "memory",
         .open = [](const auto&, const auto& tables) { return open_memory(tables); }},
        {.name = "memory that runs closures twice",
         .open = [](const auto&,
                    const auto& tables) { return open_memory(tables, {.reruns = true}); },
         .reruns = true}};
    return all;
}

// A store of two tables.
inline constexpr Table kA = 0;
inline constexpr Table kB = 1;
struct StoreFixture {
    explicit StoreFixture(const Engine& engine_) : engine(engine_) {}
    void reopen() {
        store.reset();
        store = engine.open(folder.path(), tables);
    }

    TempFolder folder;
    const Engine& engine;
    std::vector<std::string> tables{"a", "b"};
    std::unique_ptr<Store> store = engine.open(folder.path(), tables);
};

// What a test sees of a store in one line each.
using Entries = std::vector<std::pair<std::string, std::string>>;

inline std::optional<std::string> get(const Store& store, Table table, std::string_view key) {
    std::optional<std::string> out;
    const auto done = store.read([&](const Snapshot& snapshot) -> Result<void> {
        if (const auto value = snapshot.get(table, key)) out = std::string(*value);
        return {};
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

inline Entries scan(const Snapshot& snapshot, Table table, const Range& range) {
    Entries out;
    snapshot.scan(table, range, [&](std::string_view key, std::string_view value) {
        out.emplace_back(key, value);
        return true;
    });
    return out;
}

inline Entries scan(const Store& store, Table table, const Range& range = {}) {
    Entries out;
    const auto done = store.read([&](const Snapshot& snapshot) -> Result<void> {
        out = scan(snapshot, table, range);
        return {};
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

inline Result<void> put(Store& store, Table table, std::string_view key, std::string_view value) {
    return store.write([&](Transaction& tx) -> Result<void> {
        tx.put(table, key, value);
        return {};
    });
}

// Calls `fn(tx, i)` for each i below `count` from as many threads. Where the engine groups commits
// they come while it is busy with another change, so that (most of) them share a commit.
template <class Fn>
std::vector<Result<void>> write_together(Store& store, std::size_t count, const Fn& fn) {
    std::vector<Result<void>> results(count);
    std::vector<std::thread> threads;
    std::latch started(static_cast<std::ptrdiff_t>(count));
    const auto busy = store.write([&](Transaction&) -> Result<void> {
        if (!threads.empty()) return {};  // run again: they are on their way
        for (std::size_t i = 0; i < count; ++i) {
            threads.emplace_back([&, i] {
                started.count_down();
                results[i] = store.write([&](Transaction& tx) { return fn(tx, i); });
            });
        }
        started.wait();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return {};
    });
    for (auto& thread : threads) thread.join();
    if (!busy) throw std::runtime_error(busy.error().message);
    return results;
}

}  // namespace shop::store::test
