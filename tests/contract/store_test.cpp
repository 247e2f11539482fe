// The contract of Store, for every engine.
#include <catch2/catch.hpp>

#include <algorithm>
#include <new>
#include <random>

#include "base/limits.hpp"
#include "contract/engines.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

Entries reversed(Entries entries) {
    std::reverse(entries.begin(), entries.end());
    return entries;
}

}  // namespace

TEST_CASE("store: what was put is read, changed and erased", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
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
            StoreFixture f(engine);
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
            StoreFixture f(engine);
            CHECK_FALSE(get(*f.store, kA, ""));
            CHECK_FALSE(get(*f.store, kA, std::string(limits::kKeyBytesMax + 1, 'k')));
        }
    }
}

TEST_CASE("store: a scan gives the keys of its range in byte order, both ways", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
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
            StoreFixture f(engine);
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
            StoreFixture f(engine);
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
            StoreFixture f(engine);
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

TEST_CASE("store: a visitor may erase and add while it scans, both ways", "[store]") {
    for (const Engine& engine : engines()) {
        for (const bool reverse : {false, true}) {
            DYNAMIC_SECTION(engine.name << (reverse ? " reverse" : " forward")) {
                StoreFixture f(engine);
                constexpr int kCount = 5000;
                REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                    for (int i = 0; i < kCount; ++i)
                        tx.put(kA, fmt::format("{:06}", i), std::string(50, 'v'));
                    return {};
                }));
                int seen = 0;
                REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                    seen = 0;
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
            StoreFixture f(engine);
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

TEST_CASE("store: a durable store that is opened again has everything, another is empty",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            for (int i = 0; i < 100; ++i) REQUIRE(put(*f.store, kA, std::to_string(i), "v"));
            REQUIRE(put(*f.store, kB, "k", "b"));
            const Entries before = scan(*f.store, kA);
            const std::optional<std::string> kept =
                engine.durable ? "b" : std::optional<std::string>{};
            f.reopen();
            CHECK(scan(*f.store, kA) == (engine.durable ? before : Entries{}));
            CHECK(get(*f.store, kB, "k") == kept);

            f.tables = {"new", "b"};  // tables are found by name, and may come later
            f.reopen();
            CHECK(scan(*f.store, 0).empty());
            CHECK(get(*f.store, 1, "k") == kept);
        }
    }
}

TEST_CASE("store: the figures count entries, changes and bytes", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            std::mt19937 noise(1);  // bytes that no engine can press together
            for (int i = 0; i < 10; ++i) {
                std::string value(5000, ' ');
                for (char& c : value) c = static_cast<char>(noise() & 0xff);
                REQUIRE(put(*f.store, kA, std::to_string(i), value));
            }
            REQUIRE(put(*f.store, kB, "k", ""));
            const Stats stats = f.store->stats();
            CHECK(stats.entries == std::vector<std::uint64_t>{10, 1});
            CHECK(stats.changes == 11);
            CHECK(stats.commits == 11);
            CHECK(stats.bytes_used > 50'000);
            const bool has_room = stats.bytes_max == 0 || stats.bytes_max > stats.bytes_used;
            CHECK(has_room);
            CHECK_FALSE(stats.almost_full());
        }
    }
}

TEST_CASE("store: bytes handed out live until their table is written to", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            const auto write_numbers = [&](Transaction& tx, Table table, const std::string& value) {
                for (int i = 0; i < 1000; ++i) tx.put(table, fmt::format("{:04}", i), value);
            };
            const std::string old_value(100, 'o');
            const std::string new_value(100, 'n');
            std::string seen;
            const auto others_write = [&](Transaction& tx) -> Result<void> {
                write_numbers(tx, kA, new_value);
                return {};
            };
            REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                write_numbers(tx, kA, old_value);
                const std::string_view view = tx.get(kA, "0500").value();
                write_numbers(tx, kB, new_value);
                seen = view;
                return {};
            }));
            CHECK(seen == old_value);
            REQUIRE(f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                const std::string_view view = snapshot.get(kA, "0500").value();
                for (int i = 0; i < 3; ++i) SHOP_CHECK(f.store->write(others_write));
                seen = view;
                return {};
            }));
            CHECK(seen == old_value);
            CHECK(get(*f.store, kA, "0500") == new_value);
        }
    }
}
