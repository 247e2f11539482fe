// What the embedded engine promises beyond the contract: crashes, full disks, formats.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include "contract/engines.hpp"
#include "contract/machine.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Four threads write numbered entries without an end; each number goes to the pipe once it is
// acknowledged.
[[noreturn]] void write_and_acknowledge(const std::filesystem::path& folder, int acks) {
    const auto store = open_or_throw({.folder = folder, .tables = {"a", "b"}});
    std::vector<std::thread> threads;
    for (std::uint32_t lane = 0; lane < 4; ++lane) {
        threads.emplace_back([&, lane] {
            for (std::uint32_t i = lane;; i += 4) {
                const auto done = store->write([&](Transaction& tx) -> Result<void> {
                    tx.put(0, std::to_string(i), std::string(i % 3000, 'v'));
                    tx.put(1, std::to_string(i), "both or none");
                    return {};
                });
                if (!done || write(acks, &i, sizeof i) != sizeof i) _exit(98);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    _exit(97);
}

// Puts values of `bytes` under numbered keys until the store refuses; returns how many it took.
int fill(Store& store, std::size_t bytes, Error& refusal) {
    for (int i = 0; i < 10'000; ++i) {
        const auto done = put(store, 0, std::to_string(i), std::string(bytes, 'v'));
        if (!done) {
            refusal = done.error();
            return i;
        }
    }
    return -1;
}

void check_filled(const Store& store, int count, std::size_t bytes) {
    CHECK(scan(store, 0).size() == static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) CHECK(get(store, 0, std::to_string(i)).value().size() == bytes);
}

// The same beside one more entry.
void check_filled_after_first(const Store& store, int count) {
    CHECK(get(store, 0, "first") == "v");
    CHECK(scan(store, 0).size() == static_cast<std::size_t>(count) + 1);
    for (int i = 0; i < count; ++i) CHECK(get(store, 0, std::to_string(i)).value().size() == 7'000);
}

}  // namespace

TEST_CASE("lmdb: folder and files are for their owner alone", "[store]") {
    TempFolder folder;
    const auto store = open_or_throw({.folder = folder.path() / "store", .tables = {"a"}});
    CHECK(mode_of(folder.path() / "store") == 0700);
    CHECK(mode_of(folder.path() / "store" / "data.mdb") == 0600);
    CHECK(mode_of(folder.path() / "store" / "lock.mdb") == 0600);
}

TEST_CASE("lmdb: a folder that cannot be made or opened is named in the error", "[store]") {
    TempFolder folder;
    std::ofstream(folder.path() / "file") << "x";
    const auto below_file = open_lmdb({.folder = folder.path() / "file" / "store", .tables = {}});
    REQUIRE_FALSE(below_file);
    CHECK_THAT(below_file.error().message, Catch::Contains((folder.path() / "file").native()));

    std::ofstream(folder.path() / "data.mdb") << std::string(100'000, 'x');
    const auto garbage = open_lmdb({.folder = folder.path(), .tables = {}});
    REQUIRE_FALSE(garbage);
    CHECK(garbage.error().code == Code::failed_precondition);
    CHECK_THAT(garbage.error().message, Catch::Contains(folder.path().native()));
}

TEST_CASE("lmdb: a newer format is refused with both numbers and left as it is", "[store]") {
    TempFolder folder;
    // The engine's own table, opened as if it were one of a service's.
    const auto meta = [&] { return open_or_throw({.folder = folder.path(), .tables = {"meta"}}); };
    REQUIRE(get(*meta(), 0, "format") == "1");
    REQUIRE(put(*meta(), 0, "format", "7"));
    const auto store = open_lmdb({.folder = folder.path(), .tables = {"a"}});
    REQUIRE_FALSE(store);
    CHECK(store.error().code == Code::failed_precondition);
    CHECK_THAT(store.error().message, Catch::Contains("format 7"));
    CHECK_THAT(store.error().message, Catch::Contains("up to 1"));
    CHECK_THAT(store.error().message, Catch::Contains(folder.path().native()));
}

TEST_CASE("lmdb: kill -9 in the middle of writing keeps every acknowledged change", "[store]") {
    TempFolder folder;
    std::set<std::uint32_t> acknowledged;
    for (int round = 0; round < 3; ++round) {
        int ends[2];
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        const pid_t child =
            fork_child([&] { write_and_acknowledge(folder.path() / "store", ends[1]); });
        close(ends[1]);
        std::uint32_t number = 0;
        for (int i = 0; i < 200 && read(ends[0], &number, sizeof number) == sizeof number; ++i)
            acknowledged.insert(number);
        kill(child, SIGKILL);
        // What was acknowledged before the kill arrived is still in the pipe.
        while (read(ends[0], &number, sizeof number) == sizeof number) acknowledged.insert(number);
        close(ends[0]);
        const int status = wait_for(child);
        REQUIRE(WIFSIGNALED(status));
        REQUIRE(acknowledged.size() >= 200);

        const auto store = open_or_throw({.folder = folder.path() / "store", .tables = {"a", "b"}});
        for (const std::uint32_t i : acknowledged) {
            CHECK(get(*store, 0, std::to_string(i)).value_or("missing") ==
                  std::string(i % 3000, 'v'));
            CHECK(get(*store, 1, std::to_string(i)) == "both or none");
        }
        const Stats stats = store->stats();
        CHECK(stats.entries[0] == stats.entries[1]);
    }
}

TEST_CASE("lmdb: a full map refuses the change, keeps the rest and takes changes again",
          "[store]") {
    TempFolder folder;
    auto store =
        open_or_throw({.folder = folder.path(), .tables = {"a", "b"}, .map_bytes_max = kMiB});
    Error refusal;
    const int count = fill(*store, 10'000, refusal);
    REQUIRE(count > 10);
    CHECK(refusal.code == Code::insufficient_storage);
    check_filled(*store, count, 10'000);

    store.reset();
    store =
        open_or_throw({.folder = folder.path(), .tables = {"a", "b"}, .map_bytes_max = 2 * kMiB});
    REQUIRE(put(*store, 0, "more", std::string(10'000, 'v')));
}

TEST_CASE("lmdb: a change that does not fit fails without its neighbours", "[store]") {
    TempFolder folder;
    auto store =
        open_or_throw({.folder = folder.path(), .tables = {"a", "b"}, .map_bytes_max = 2 * kMiB});
    const auto results =
        write_together(*store, 12, [](Transaction& tx, std::size_t i) -> Result<void> {
            tx.put(0, std::to_string(i), std::string(i == 5 ? 8 * kMiB : 100, 'v'));
            return {};
        });
    for (std::size_t i = 0; i < results.size(); ++i) CHECK(results[i].has_value() == (i != 5));
    CHECK(results[5].error().code == Code::insufficient_storage);
    CHECK(scan(*store, 0).size() == 11);
    CHECK(store->stats().changes == 12);
}

TEST_CASE("lmdb: a full disk refuses changes, reads go on, and space makes it work again",
          "[store]") {
    const Tmpfs disk("4m");
    if (!disk.is_mounted()) {
        WARN("skipped: mounting a small tmpfs needs root");
        return;
    }
    for (const std::size_t bytes : {std::size_t{300}, std::size_t{7'000}, std::size_t{90'000}}) {
        const auto folder = disk.path() / std::to_string(bytes);
        {
            const auto store = open_or_throw({.folder = folder, .tables = {"a", "b"}});
            std::ofstream(disk.path() / "ballast") << std::string(2 * kMiB, 'x');
            Error refusal;
            const int count = fill(*store, bytes, refusal);
            REQUIRE(count > 5);
            CHECK(refusal.code == Code::insufficient_storage);
            CHECK_THAT(refusal.message, Catch::Contains("disk is full"));
            // Nor does a batch of changes get in, in part or whole.
            for (const auto& result :
                 write_together(*store, 12, [&](Transaction&tx, std::size_t i) -> Result<void> {
                     tx.put(1, std::to_string(i), std::string(90'000, 'v'));
                     return {};
                 })) {
                REQUIRE_FALSE(result);
                CHECK(result.error().code == Code::insufficient_storage);
            }
            check_filled(*store, count, bytes);
            CHECK(scan(*store, 1).empty());

            std::filesystem::remove(disk.path() / "ballast");
            for (int i = 0; i < count; ++i)
                REQUIRE(put(*store, 0, std::to_string(i), std::string(bytes, 'v')));
            REQUIRE(put(*store, 0, std::to_string(count), std::string(bytes, 'v')));
            check_filled(*store, count + 1, bytes);
        }
        std::filesystem::remove_all(folder);
    }
}

TEST_CASE("lmdb: a disk that somebody else fills leaves what was taken ahead", "[store]") {
    const Tmpfs disk("32m");
    if (!disk.is_mounted()) {
        WARN("skipped: mounting a small tmpfs needs root");
        return;
    }
    const auto changes_on_full_disk = [&](std::uint64_t bytes_ahead) {
        const auto folder = disk.path() / "store";
        const auto store =
            open_or_throw({.folder = folder, .tables = {"a"}, .bytes_ahead = bytes_ahead});
        REQUIRE(put(*store, 0, "first", "v"));
        std::ofstream(disk.path() / "ballast") << std::string(40 * kMiB, 'x');
        Error refusal;
        const int count = fill(*store, 7'000, refusal);
        CHECK(refusal.code == Code::insufficient_storage);
        check_filled_after_first(*store, count);
        std::filesystem::remove(disk.path() / "ballast");
        std::filesystem::remove_all(folder);
        return count;
    };
    CHECK(changes_on_full_disk(0) < 10);
    CHECK(changes_on_full_disk(8 * kMiB) > 500);
}

TEST_CASE("lmdb: says when four fifths are used, before it is full", "[store]") {
    TempFolder folder;
    const auto store =
        open_or_throw({.folder = folder.path(), .tables = {"a"}, .map_bytes_max = kMiB});
    CHECK_FALSE(store->stats().almost_full());
    int taken = 0;
    while (!store->stats().almost_full() && taken < 1000)
        REQUIRE(put(*store, 0, std::to_string(taken++), std::string(10'000, 'v')));
    CHECK(taken > 30);
    CHECK(put(*store, 0, "more", std::string(10'000, 'v')));
}

TEST_CASE("lmdb: a store is made whole or not at all, by one of those who come at once",
          "[store]") {
    TempFolder folder;
    // What a power cut leaves of a try: a file with a length, and nothing in it.
    std::filesystem::create_directory(folder.path() / "new");
    std::ofstream(folder.path() / "new/data.mdb") << std::string(8192, '\0');
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        children.push_back(fork_child([&] {
            const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
            if (!put(*store, 0, std::to_string(i), "v")) _exit(98);
        }));
    }
    for (const pid_t child : children) CHECK(wait_for(child) == 0);
    const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
    CHECK(scan(*store, 0).size() == 4);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "new"));
}

TEST_CASE("lmdb: the reads of a process that was killed are no burden for the next", "[store]") {
    TempFolder folder;
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = fork_child([&] {
        const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
        // One read in another until no slot is left; then it stands still.
        const ReadFn deeper = [&](const Snapshot&) -> Result<void> {
            if (store->read(deeper)) return {};
            (void)!write(ends[1], "x", 1);
            pause();
            return {};
        };
        (void)store->read(deeper);
    });
    close(ends[1]);
    char full = 0;
    REQUIRE(read(ends[0], &full, 1) == 1);
    const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
    const auto refused = store->read([](const Snapshot&) { return Result<void>{}; });
    CHECK_FALSE(refused);
    kill(child, SIGKILL);
    close(ends[0]);
    REQUIRE(WIFSIGNALED(wait_for(child)));
    CHECK(store->read([](const Snapshot&) { return Result<void>{}; }));
}

TEST_CASE("lmdb: two processes work on one store, each change once, each seen by both", "[store]") {
    TempFolder folder;
    constexpr int kEach = 150;
    const auto count_up = [&] {
        const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
        for (int i = 0; i < kEach; ++i) {
            const auto done = store->write([](Transaction& tx) -> Result<void> {
                const auto before = tx.get(0, "count");
                const int count = before ? std::stoi(std::string(*before)) : 0;
                // Larger and larger, so that each has to follow the other's growth of the file.
                tx.put(0, std::to_string(count), std::string(5'000, 'v'));
                tx.put(0, "count", std::to_string(count + 1));
                return {};
            });
            if (!done) _exit(98);
        }
    };
    const pid_t old_release = fork_child(count_up);
    const pid_t new_release = fork_child(count_up);
    for (const pid_t child : {old_release, new_release}) {
        const int status = wait_for(child);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
    const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
    CHECK(get(*store, 0, "count") == std::to_string(2 * kEach));
    CHECK(store->stats().entries[0] == 2 * kEach + 1);
}

TEST_CASE("lmdb: a process with the number of another one that has the store open is refused",
          "[store]") {
    TempFolder folder;
    // As process 1 of a namespace of its own, as in a container; its end is that of the namespace.
    const auto as_first_process = [&](const auto& body) {
        return fork_child([&] {
            if (unshare(CLONE_NEWPID) != 0) _exit(77);
            const int status = wait_for(fork_child(body));
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 98);
        });
    };
    int opened[2];
    REQUIRE(pipe2(opened, O_CLOEXEC) == 0);
    const pid_t first = as_first_process([&] {
        const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
        (void)!write(opened[1], "o", 1);
        pause();
    });
    close(opened[1]);
    char byte = 0;
    if (read(opened[0], &byte, 1) != 1) {
        close(opened[0]);
        REQUIRE(WEXITSTATUS(wait_for(first)) == 77);
        WARN("skipped: no process namespace can be made here");
        return;
    }
    close(opened[0]);
    const pid_t second = as_first_process([&] {
        const auto store = open_lmdb({.folder = folder.path(), .tables = {"a"}});
        const std::string message = store ? "" : store.error().message;
        _exit(message.find("number of this one, 1,") != std::string::npos ? 0 : 1);
    });
    const int status = wait_for(second);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    // Of other numbers it is shared as ever.
    const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
    CHECK(put(*store, 0, "k", "v"));
    CHECK(get(*store, 0, "k") == "v");
    kill(first, SIGKILL);
    (void)wait_for(first);
}

TEST_CASE("lmdb: a write error that is no full disk ends the process before an answer", "[store]") {
    TempFolder folder;
    const auto path = folder.path() / "store";
    const pid_t child = fork_child([&] {
        const auto store = open_or_throw({.folder = path, .tables = {"a"}});
        if (!put(*store, 0, "before", "v")) _exit(98);
        // A write past this size fails with EFBIG.
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{256 * 1024, 256 * 1024};
        setrlimit(RLIMIT_FSIZE, &limit);
        const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(null, STDERR_FILENO);
        (void)put(*store, 0, "after", std::string(kMiB, 'v'));
        _exit(97);
    });
    const int status = wait_for(child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 74);
    const auto store = open_or_throw({.folder = path, .tables = {"a"}});
    CHECK(get(*store, 0, "before") == "v");
    CHECK_FALSE(get(*store, 0, "after"));
}

TEST_CASE("lmdb: where the address space is small the map is smaller", "[store]") {
    if (kSanitized) {
        WARN("skipped: the sanitizers need the whole address space");
        return;
    }
    TempFolder folder;
    const pid_t child = fork_child([&] {
        const rlimit limit{2048 * kMiB, 2048 * kMiB};
        setrlimit(RLIMIT_AS, &limit);
        const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
        if (store->stats().bytes_max > 2048 * kMiB) _exit(98);
        if (!put(*store, 0, "k", "v")) _exit(97);
    });
    const int status = wait_for(child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("lmdb: more reads at the same time than there are slots are refused, not broken",
          "[store]") {
    TempFolder folder;
    const auto store = open_or_throw({.folder = folder.path(), .tables = {"a"}});
    int depth = 0;
    const std::function<Result<void>(const Snapshot&)> nest = [&](const Snapshot&) -> Result<void> {
        ++depth;
        return store->read(nest);
    };
    const auto refused = store->read(nest);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::unavailable);
    CHECK(depth == 512);
    CHECK(scan(*store, 0).empty());
}
