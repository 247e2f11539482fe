// Restoring and compaction of the embedded engine's stores.
#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "base/zstd.hpp"
#include "contract/dumps.hpp"
#include "contract/engines.hpp"
#include "contract/machine.hpp"
#include "store/offline.hpp"
#include "store/upgrade.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

const std::vector<std::string> kNames{"a", "b"};

std::unique_ptr<Store> open(const std::filesystem::path& folder) {
    return open_or_throw({.folder = folder, .tables = kNames});
}

// A dump of a store with `count` entries in "a" and one in "b".
std::string sample_dump(int count, std::size_t value_bytes = 50) {
    const auto store = open_memory(kNames);
    const auto done = store->write([&](Transaction& tx) -> Result<void> {
        for (int i = 0; i < count; ++i)
            tx.put(kA, std::to_string(i), std::string(value_bytes, 'v'));
        tx.put(kB, "which", "restored");
        return {};
    });
    if (!done) throw std::runtime_error(done.error().message);
    std::string out;
    dump_of(*store, kNames, 1, out);
    return out;
}

void make_store(const std::filesystem::path& folder, const std::string& which) {
    REQUIRE(put(*open(folder), kB, "which", which));
}

std::optional<std::string> which(const std::filesystem::path& folder) {
    return get(*open(folder), kB, "which");
}

std::set<std::string> names_in(const std::filesystem::path& folder) {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        out.insert(entry.path().filename());
    return out;
}

// The file in the former store's folder, as a store of its own.
std::optional<std::string> which_former(const std::filesystem::path& folder) {
    TempFolder copy;
    std::filesystem::copy(folder / "former/data.mdb", copy.path() / "data.mdb");
    return which(copy.path());
}

}  // namespace

TEST_CASE("restore: a folder that is new gets the dump's store", "[store]") {
    TempFolder folder;
    const auto place = folder.path() / "deep/store";
    const std::string dump = sample_dump(3000);
    std::uint64_t seen = 0;
    const auto totals = restore_lmdb(place, source_of(dump, 1000),
                                     [&](const DumpTotals& sofar) { seen = sofar.entries; });
    REQUIRE(totals);
    CHECK(totals->entries == 3001);
    CHECK(names_in(place) == std::set<std::string>{"data.mdb", "in_use"});
    CHECK(mode_of(place) == 0700);
    CHECK(mode_of(place / "data.mdb") == 0600);
    const auto store = open(place);
    CHECK(get(*store, kB, "which") == "restored");
    std::string again;
    CHECK(dump_of(*store, kNames, 1, again) == *totals);
    CHECK((again == dump));
    CHECK(put(*store, kA, "more", "v"));
}

TEST_CASE("restore: the store that was there before is the way back", "[store]") {
    TempFolder folder;
    make_store(folder.path(), "first");
    REQUIRE(restore_lmdb(folder.path(), source_of(sample_dump(10))));
    CHECK(which(folder.path()) == "restored");
    CHECK(which_former(folder.path()) == "first");
    CHECK(mode_of(folder.path() / "former") == 0700);
    CHECK(mode_of(folder.path() / "former/data.mdb") == 0600);

    make_store(folder.path(), "second");
    CHECK(which_former(folder.path()) == "first");
    REQUIRE(restore_lmdb(folder.path(), source_of(sample_dump(10))));
    CHECK(which(folder.path()) == "restored");
    CHECK(which_former(folder.path()) == "second");
    CHECK(names_in(folder.path()) ==
          std::set<std::string>{"data.mdb", "lock.mdb", "in_use", "former"});

    std::filesystem::rename(folder.path() / "former/data.mdb", folder.path() / "data.mdb");
    CHECK(which(folder.path()) == "second");
}

TEST_CASE("restore: works where the store that is there cannot be opened", "[store]") {
    TempFolder folder;
    std::ofstream(folder.path() / "data.mdb") << std::string(100'000, 'x');
    std::ofstream(folder.path() / "lock.mdb") << std::string(8192, 'x');
    REQUIRE(restore_lmdb(folder.path(), source_of(sample_dump(10))));
    CHECK(which(folder.path()) == "restored");
}

TEST_CASE("restore: through zstd, as a backup comes", "[store]") {
    TempFolder folder;
    std::string packed;
    ZstdWriter writer([&](std::string_view bytes) -> Result<void> {
        packed += bytes;
        return {};
    });
    REQUIRE(writer.write(sample_dump(20'000)));
    REQUIRE(writer.finish());
    ZstdReader reader(source_of(packed));
    const auto totals =
        restore_lmdb(folder.path(), [&](std::span<char> out) { return reader.read(out); });
    REQUIRE(totals);
    CHECK(totals->entries == 20'001);
    CHECK(which(folder.path()) == "restored");
}

TEST_CASE("restore: a damaged or cut-off dump, or a source that fails, changes nothing",
          "[store]") {
    TempFolder folder;
    make_store(folder.path(), "before");
    const std::string whole = sample_dump(5000, 20'000);
    const auto unordered = kDumpStart + entry_record(0, "l", "v") + entry_record(0, "k", "v");
    const auto meta = "shop-dump 1\n{\"format\":1,\"tables\":[\"meta\"]}\n" + end_record(0, 0);
    const auto before = names_in(folder.path());
    for (const auto& dump : {std::string(), whole.substr(0, 30), whole.substr(0, whole.size() / 2),
                             whole.substr(0, whole.size() - 1), whole + "x", unordered, meta}) {
        const auto refused = restore_lmdb(folder.path(), source_of(dump));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Code::invalid_argument);
        CHECK_THAT(refused.error().message, Catch::Contains("the backup is damaged"));
        CHECK(names_in(folder.path()) == before);
        CHECK(which(folder.path()) == "before");
    }
    std::size_t given = 0;
    auto source = source_of(whole);
    const auto gone = restore_lmdb(folder.path(), [&](std::span<char> out) -> Result<std::size_t> {
        if (given > 10 * kMiB) return fail(Code::unavailable, "gone");
        auto got = source(out);
        given += *got;
        return got;
    });
    CHECK(gone.error().code == Code::unavailable);
    CHECK(names_in(folder.path()) == before);
    CHECK(which(folder.path()) == "before");
}

TEST_CASE("restore: a newer format is refused before anything is written", "[store]") {
    TempFolder folder;
    const auto place = folder.path() / "store";
    const std::string newer = "shop-dump 1\n{\"format\":77,\"tables\":[]}\n" + end_record(0, 0);
    const auto refused = restore_lmdb(place, source_of(newer));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::failed_precondition);
    CHECK_THAT(refused.error().message, Catch::Contains("format 77"));
    CHECK(names_in(place) == std::set<std::string>{"in_use"});
}

TEST_CASE("restore: an older format is upgraded when the store is opened", "[store]") {
    TempFolder folder;
    REQUIRE(restore_lmdb(folder.path(), source_of(sample_dump(3))));
    const UpgradeSteps steps{{.tables = {"b"}, .run = [](Transaction& tx) -> Result<void> {
                                  tx.put(0, "which", "upgraded");
                                  return {};
                              }}};
    const auto store = open_lmdb_with({.folder = folder.path(), .tables = kNames}, steps);
    REQUIRE(store);
    CHECK(get(**store, kB, "which") == "upgraded");
}

TEST_CASE("restore, compaction: refused while the store is open, with nothing changed", "[store]") {
    TempFolder folder;
    const auto store = open(folder.path());
    REQUIRE(put(*store, kB, "which", "open"));
    const auto before = names_in(folder.path());
    const std::string dump = sample_dump(10);
    const auto restored = restore_lmdb(folder.path(), source_of(dump));
    REQUIRE_FALSE(restored);
    CHECK(restored.error().code == Code::failed_precondition);
    CHECK_THAT(restored.error().message, Catch::Contains("end the shop first"));
    const auto compacted = compact_lmdb(folder.path());
    REQUIRE_FALSE(compacted);
    CHECK(compacted.error().code == Code::failed_precondition);
    CHECK(names_in(folder.path()) == before);
    CHECK(get(*store, kB, "which") == "open");
}

TEST_CASE("restore: who opens the store meanwhile waits, and gets the one that was restored",
          "[store]") {
    TempFolder folder;
    make_store(folder.path(), "before");
    const std::string dump = sample_dump(10);
    auto source = source_of(dump);
    // Started before, since a child of a fork has its parent's locks.
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork_child([&] {
        char go = 0;
        if (read(ends[0], &go, 1) != 1) _exit(97);
        _exit(which(folder.path()) == "restored" ? 0 : 98);
    });
    bool told = false;
    const auto restored =
        restore_lmdb(folder.path(), [&](std::span<char> out) -> Result<std::size_t> {
            if (!told) {
                told = write(ends[1], "x", 1) == 1;
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
                CHECK(waitpid(child, nullptr, WNOHANG) == 0);
            }
            return source(out);
        });
    REQUIRE(restored);
    CHECK(wait_for(child) == 0);
    close(ends[0]);
    close(ends[1]);
}

TEST_CASE("restore: killed at any moment, a whole store is in place and the next try works",
          "[store]") {
    TempFolder folder;
    make_store(folder.path(), "before");
    const std::string dump = sample_dump(4000, 500);
    for (int round = 0; round < 25; ++round) {
        const pid_t child =
            fork_child([&] { _exit(restore_lmdb(folder.path(), source_of(dump)) ? 0 : 98); });
        std::this_thread::sleep_for(std::chrono::milliseconds(round));
        kill(child, SIGKILL);
        wait_for(child);
        const auto found = which(folder.path());
        CHECK((found == "before" || found == "restored"));
        make_store(folder.path(), "before");
        // Opening threw away what was left.
        CHECK_FALSE(std::filesystem::exists(folder.path() / "restore"));
    }
    REQUIRE(restore_lmdb(folder.path(), source_of(dump)));
    CHECK(which(folder.path()) == "restored");
    CHECK(which_former(folder.path()) == "before");
}

TEST_CASE("restore, compaction: a full disk is said, and all is as before", "[store]") {
    const Tmpfs disk("8m");
    if (!disk.is_mounted()) {
        WARN("skipped: mounting a small tmpfs needs root");
        return;
    }
    const auto folder = disk.path() / "store";
    {
        const auto store = open_or_throw({.folder = folder, .tables = kNames, .bytes_ahead = 0});
        REQUIRE(put(*store, kB, "which", "before"));
        REQUIRE(put(*store, kA, "large", std::string(5 * kMiB, 'v')));
    }
    const auto before = names_in(folder);
    const auto check_refused = [&](const Error& error) {
        CHECK(error.code == Code::insufficient_storage);
        CHECK(names_in(folder) == before);
        CHECK(get(*open_or_throw({.folder = folder, .tables = kNames, .bytes_ahead = 0}), kB,
                  "which") == "before");
    };
    const std::string dump = sample_dump(200, 50'000);
    const auto restored = restore_lmdb(folder, source_of(dump));
    REQUIRE_FALSE(restored);
    check_refused(restored.error());
    const auto compacted = compact_lmdb(folder);
    REQUIRE_FALSE(compacted);
    check_refused(compacted.error());
}

TEST_CASE("restore: somebody who copies the old store from outside does not disturb the new one",
          "[store]") {
    // LMDB finds the newest of two states by whether its count of transactions is even.
    for (int commits = 20; commits < 22; ++commits) {
        TempFolder folder;
        for (int i = 0; i < commits; ++i) make_store(folder.path(), "before");
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        // As mdb_copy, this one knows nothing of the shop's locks, but LMDB's alone.
        const pid_t outsider = fork_child([&] {
            const auto store = open(folder.path());
            std::filesystem::remove(folder.path() / "in_use");
            (void)!write(ends[1], "x", 1);
            pause();
        });
        char opened = 0;
        REQUIRE(read(ends[0], &opened, 1) == 1);
        REQUIRE(restore_lmdb(folder.path(), source_of(sample_dump(10))));
        CHECK(which(folder.path()) == "restored");
        make_store(folder.path(), "after");
        kill(outsider, SIGKILL);
        wait_for(outsider);
        close(ends[0]);
        close(ends[1]);
        CHECK(which(folder.path()) == "after");
        CHECK(scan(*open(folder.path()), kA).size() == 10);
    }
}

TEST_CASE("compaction: gives back what was deleted and keeps all else", "[store]") {
    TempFolder folder;
    {
        const auto store = open(folder.path());
        for (int i = 0; i < 200; ++i)
            REQUIRE(put(*store, kA, std::to_string(i), std::string(20'000, 'v')));
        REQUIRE(store->write([](Transaction& tx) -> Result<void> {
            for (int i = 0; i < 190; ++i) tx.erase(kA, std::to_string(i));
            tx.put(kB, "which", "kept");
            return {};
        }));
    }
    std::string before;
    dump_of(*open(folder.path()), kNames, 1, before);
    const auto totals = compact_lmdb(folder.path());
    REQUIRE(totals);
    CHECK(totals->bytes_before > 3 * kMiB);
    CHECK(totals->bytes_after < kMiB);
    CHECK(std::filesystem::file_size(folder.path() / "data.mdb") == totals->bytes_after);
    CHECK(mode_of(folder.path() / "data.mdb") == 0600);
    CHECK(names_in(folder.path()) == std::set<std::string>{"data.mdb", "in_use"});
    const auto store = open(folder.path());
    std::string after;
    dump_of(*store, kNames, 1, after);
    CHECK((after == before));
    CHECK(put(*store, kA, "more", "v"));
}

TEST_CASE("compaction: where there is no store it makes none", "[store]") {
    TempFolder folder;
    const auto none = compact_lmdb(folder.path() / "store");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Code::not_found);
    CHECK(names_in(folder.path()).empty());
}
