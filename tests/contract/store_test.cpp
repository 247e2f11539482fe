// The contract of Store, for every engine.
#include <catch2/catch.hpp>

#include <latch>
#include <new>
#include <set>
#include <thread>

#include "base/limits.hpp"
#include "contract/engines.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

struct Fixture {
    explicit Fixture(const Engine& engine_) : engine(engine_) {}
    void reopen() {
        store.reset();
        store = engine.open(folder.path(), tables);
    }

    TempFolder folder;
    const Engine& engine;
    std::vector<std::string> tables{"a", "b"};
    std::unique_ptr<Store> store = engine.open(folder.path(), tables);
};

constexpr Table kA = 0;
constexpr Table kB = 1;

Entries reversed(Entries entries) {
    std::reverse(entries.begin(), entries.end());
    return entries;
}

}  // namespace

TEST_CASE("store: what was put is read, changed and erased", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            CHECK_FALSE(get(*f.store, kA, "k"));
            REQUIRE(put(*f.store, kA, "k", "1"));
            CHECK(get(*f.store, kA, "k") == "1");
            CHECK_FALSE(get(*f.store, kB, "k"));
            REQUIRE(put(*f.store, kA, "k", ""));
            CHECK(get(*f.store, kA, "k") == "");
            bool first = false;
            bool second = true;
            REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                first = tx.erase(kA, "k");
                second = tx.erase(kA, "k");
                return {};
            }));
            CHECK(first);
            CHECK_FALSE(second);
            CHECK_FALSE(get(*f.store, kA, "k"));
        }
    }
}

TEST_CASE("store: keys of every byte and up to the limit, and large values, come back", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            const Entries entries{{std::string(1, '\0'), "nul"},
                                  {std::string("a\0b", 3), "nul inside"},
                                  {std::string(limits::kKeyBytesMax, 'k'), "longest"},
                                  {"large", std::string(300'000, 'v')},
                                  {"\xff\xff", "last"}};
            for (const auto& [key, value] : entries) REQUIRE(put(*f.store, kA, key, value));
            for (const auto& [key, value] : entries) CHECK(get(*f.store, kA, key) == value);
            CHECK(scan(*f.store, kA).front().second == "nul");
            CHECK(scan(*f.store, kA).back().second == "last");
        }
    }
}

TEST_CASE("store: a key that cannot be there is not found", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            CHECK_FALSE(get(*f.store, kA, ""));
            CHECK_FALSE(get(*f.store, kA, std::string(limits::kKeyBytesMax + 1, 'k')));
        }
    }
}

TEST_CASE("store: a scan gives the keys of its range in byte order, both ways", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            CHECK(scan(*f.store, kA).empty());
            CHECK(scan(*f.store, kA, {.reverse = true}).empty());
            for (const char* key : {"c", "a", "b", "ab", "\xc3\xa4", "B"})
                REQUIRE(put(*f.store, kA, key, key));
            const Entries all{{"B", "B"}, {"a", "a"}, {"ab", "ab"},
                              {"b", "b"}, {"c", "c"}, {"\xc3\xa4", "\xc3\xa4"}};
            CHECK(scan(*f.store, kA) == all);
            CHECK(scan(*f.store, kA, {.reverse = true}) == reversed(all));

            const Entries middle{{"ab", "ab"}, {"b", "b"}};
            for (const Range& range : {Range{"aa", "c"}, Range{"ab", "c"}, Range{"aa", "ba"}}) {
                CHECK(scan(*f.store, kA, range) == middle);
                CHECK(scan(*f.store, kA, {range.from, range.to, true}) == reversed(middle));
            }
            const Entries tail{{"c", "c"}, {"\xc3\xa4", "\xc3\xa4"}};
            CHECK(scan(*f.store, kA, {"bb", ""}) == tail);
            CHECK(scan(*f.store, kA, {"bb", "", true}) == reversed(tail));
            CHECK(scan(*f.store, kA, {"bb", "\xff", true}) == reversed(tail));
            CHECK(scan(*f.store, kA, {"", "B"}).empty());
            CHECK(scan(*f.store, kA, {"", "B", true}).empty());
            CHECK(scan(*f.store, kA, {"c", "a"}).empty());
            CHECK(scan(*f.store, kA, {"c", "a", true}).empty());
            CHECK(scan(*f.store, kA, {"\xff", ""}).empty());
            CHECK(scan(*f.store, kA, {"\xff", "", true}).empty());
        }
    }
}

TEST_CASE("store: a scan ends when its visitor says so", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            for (const char* key : {"a", "b", "c"}) REQUIRE(put(*f.store, kA, key, ""));
            std::string seen;
            REQUIRE(f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                snapshot.scan(kA, {}, [&](std::string_view key, std::string_view) {
                    seen += key;
                    return key != "b";
                });
                return {};
            }));
            CHECK(seen == "ab");
        }
    }
}

TEST_CASE("prefix_range: covers what starts with the prefix and nothing else", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            for (const char* key : {"a", "ab", "ab\xff", "ac", "\xff", "\xff\xff", "\xff\xff z"})
                REQUIRE(put(*f.store, kA, key, ""));
            CHECK(scan(*f.store, kA, prefix_range("ab")) == Entries{{"ab", ""}, {"ab\xff", ""}});
            CHECK(scan(*f.store, kA, prefix_range("ab", true)) ==
                  Entries{{"ab\xff", ""}, {"ab", ""}});
            CHECK(scan(*f.store, kA, prefix_range("\xff\xff")) ==
                  Entries{{"\xff\xff", ""}, {"\xff\xff z", ""}});
            CHECK(scan(*f.store, kA, prefix_range("ab\xff")) == Entries{{"ab\xff", ""}});
            CHECK(scan(*f.store, kA, prefix_range("")).size() == 7);
            CHECK(scan(*f.store, kA, prefix_range("b")).empty());
        }
    }
}

TEST_CASE("store: a transaction sees its own writes and nobody else does before the end",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            REQUIRE(put(*f.store, kA, "old", "1"));
            std::optional<std::string> outside;
            Entries inside;
            std::uint64_t count = 0;
            REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                tx.put(kA, "new", "2");
                tx.put(kA, "old", "3");
                outside = get(*f.store, kA, "old");
                inside = scan(tx, kA, {});
                count = tx.count(kA);
                return {};
            }));
            CHECK(outside == "1");
            CHECK(inside == Entries{{"new", "2"}, {"old", "3"}});
            CHECK(count == 2);
            CHECK(scan(*f.store, kA) == inside);
        }
    }
}

TEST_CASE("store: a snapshot does not see what is committed after its start", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            REQUIRE(put(*f.store, kA, "k", "1"));
            REQUIRE(f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                CHECK(snapshot.get(kA, "k") == "1");
                REQUIRE(put(*f.store, kA, "k", "2"));
                REQUIRE(put(*f.store, kB, "k", "2"));
                CHECK(get(*f.store, kA, "k") == "2");
                CHECK(snapshot.get(kA, "k") == "1");
                CHECK_FALSE(snapshot.get(kB, "k"));
                CHECK(snapshot.count(kB) == 0);
                return {};
            }));
            CHECK(get(*f.store, kA, "k") == "2");
        }
    }
}

TEST_CASE("store: a visitor may erase and add while it scans, both ways", "[store]") {
    for (const Engine& engine : engines()) {
        for (const bool reverse : {false, true}) {
            DYNAMIC_SECTION(engine.name << (reverse ? " reverse" : " forward")) {
                Fixture f(engine);
                constexpr int kCount = 5000;
                REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                    for (int i = 0; i < kCount; ++i)
                        tx.put(kA, fmt::format("{:06}", i), std::string(50, 'v'));
                    return {};
                }));
                int seen = 0;
                REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                    tx.scan(kA, {"", "9", reverse}, [&](std::string_view key, std::string_view) {
                        const std::string copy(key);
                        if (++seen % 10 == 0) {
                            tx.put(kA, "x" + copy, "");
                        } else {
                            tx.erase(kA, copy);
                        }
                        return true;
                    });
                    return {};
                }));
                CHECK(seen == kCount);
                CHECK(scan(*f.store, kA).size() == 2 * kCount / 10);
            }
        }
    }
}

TEST_CASE("store: an error or an exception of a closure leaves nothing behind", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            const auto refused = f.store->write([&](Transaction& tx) -> Result<void> {
                tx.put(kA, "k", "1");
                return fail(Code::conflict, "no");
            });
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == Code::conflict);
            CHECK(refused.error().message == "no");
            const auto thrown = f.store->write([&](Transaction& tx) -> Result<void> {
                tx.put(kA, "k", "1");
                throw std::bad_alloc();
            });
            REQUIRE_FALSE(thrown);
            CHECK(thrown.error().code == Code::internal);
            CHECK(scan(*f.store, kA).empty());
            CHECK(f.store->stats().changes == 0);

            const auto read =
                f.store->read([](const Snapshot&) -> Result<void> { throw std::bad_alloc(); });
            REQUIRE_FALSE(read);
            CHECK(read.error().code == Code::internal);
            REQUIRE(put(*f.store, kA, "k", "2"));
            CHECK(get(*f.store, kA, "k") == "2");
        }
    }
}

TEST_CASE("store: a failing closure rolls back alone while its neighbours are committed",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            constexpr std::size_t kThreads = 24;
            const auto results = write_together(*f.store, kThreads,
                                                [](Transaction& tx, std::size_t i) -> Result<void> {
                                                    tx.put(kA, std::to_string(i), "");
                                                    tx.put(kB, "shared", std::to_string(i));
                                                    if (i % 3 == 1)
                                                        return fail(Code::conflict, "no");
                                                    if (i % 3 == 2) throw std::runtime_error("bug");
                                                    return {};
                                                });
            std::set<std::string> expected;
            for (std::size_t i = 0; i < kThreads; ++i) {
                const auto& result = results[i];
                CHECK(result.has_value() == (i % 3 == 0));
                if (i % 3 == 0) expected.insert(std::to_string(i));
                if (i % 3 == 1) CHECK(result.error().code == Code::conflict);
                if (i % 3 == 2) CHECK(result.error().code == Code::internal);
            }
            std::set<std::string> found;
            for (const auto& [key, value] : scan(*f.store, kA)) found.insert(key);
            CHECK(found == expected);
            CHECK(expected.contains(get(*f.store, kB, "shared").value()));
        }
    }
}

TEST_CASE("store: 32 threads that add to one counter lose nothing", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            constexpr int kThreads = 32;
            constexpr int kRounds = 200;
            std::atomic<int> failed = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < kThreads; ++i) {
                    threads.emplace_back([&] {
                        for (int round = 0; round < kRounds; ++round) {
                            const auto done = f.store->write([](Transaction& tx) -> Result<void> {
                                const auto now = tx.get(kA, "n");
                                tx.put(kA, "n",
                                       std::to_string(now ? std::stoi(std::string(*now)) + 1 : 1));
                                return {};
                            });
                            if (!done) ++failed;
                        }
                    });
                }
            }
            CHECK(failed == 0);
            CHECK(get(*f.store, kA, "n") == std::to_string(kThreads * kRounds));
            const Stats stats = f.store->stats();
            CHECK(stats.changes == kThreads * kRounds);
            CHECK(stats.commits < stats.changes);  // some changes shared a commit
        }
    }
}

TEST_CASE("store: readers in many threads see whole changes while a writer writes", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            REQUIRE(f.store->write([](Transaction& tx) -> Result<void> {
                tx.put(kA, "k", "0");
                tx.put(kB, "k", "0");
                return {};
            }));
            std::atomic<bool> ended = false;
            std::atomic<int> torn = 0;
            std::atomic<int> reads = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 8; ++i) {
                    threads.emplace_back([&] {
                        do {
                            const auto done =
                                f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                                    if (snapshot.get(kA, "k") != snapshot.get(kB, "k")) ++torn;
                                    return {};
                                });
                            if (done) ++reads;
                        } while (!ended);
                    });
                }
                for (int round = 1; round <= 200; ++round) {
                    REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                        tx.put(kA, "k", std::to_string(round));
                        tx.put(kB, "k", std::to_string(round));
                        return {};
                    }));
                }
                ended = true;
            }
            CHECK(torn == 0);
            CHECK(reads >= 8);
        }
    }
}

TEST_CASE("store: a store that is opened again has everything", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            for (int i = 0; i < 100; ++i) REQUIRE(put(*f.store, kA, std::to_string(i), "v"));
            REQUIRE(put(*f.store, kB, "k", "b"));
            const Entries before = scan(*f.store, kA);
            f.reopen();
            CHECK(scan(*f.store, kA) == before);
            CHECK(get(*f.store, kB, "k") == "b");

            f.tables = {"new", "b"};  // tables are found by name, and may come later
            f.reopen();
            CHECK(scan(*f.store, 0).empty());
            CHECK(get(*f.store, 1, "k") == "b");
        }
    }
}

TEST_CASE("store: closing finishes what is queued", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            std::thread closing;
            std::thread waiting;
            Result<void> result = fail(Code::internal, "not called");
            std::latch started{1};
            std::thread first([&] {
                (void)f.store->write([&](Transaction& tx) -> Result<void> {
                    tx.put(kA, "first", "");
                    waiting = std::thread([&] {
                        started.count_down();
                        result = put(*f.store, kA, "second", "");
                    });
                    started.wait();
                    return {};
                });
            });
            first.join();
            waiting.join();
            f.reopen();
            CHECK(result);
            CHECK(scan(*f.store, kA).size() == 2);
        }
    }
}

TEST_CASE("store: the figures count entries, changes and bytes", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            Fixture f(engine);
            for (int i = 0; i < 10; ++i)
                REQUIRE(put(*f.store, kA, std::to_string(i), std::string(5000, 'v')));
            REQUIRE(put(*f.store, kB, "k", ""));
            const Stats stats = f.store->stats();
            CHECK(stats.entries == std::vector<std::uint64_t>{10, 1});
            CHECK(stats.changes == 11);
            CHECK(stats.commits == 11);
            CHECK(stats.bytes_used > 50'000);
            CHECK(stats.bytes_map > stats.bytes_used);
        }
    }
}
