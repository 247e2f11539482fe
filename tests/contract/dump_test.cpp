// Dumps, for every engine: what goes in comes out, and nothing that was changed comes in.
#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <map>
#include <thread>

#include "base/limits.hpp"
#include "contract/dumps.hpp"
#include "contract/engines.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

struct Copy {
    DumpHeader header;
    std::map<Table, Entries> tables;
};

Result<Copy> read_back(const std::string& dump, std::size_t piece = 1 << 20) {
    Copy out;
    const auto read = read_dump(
        source_of(dump, piece),
        {.header = [&](const DumpHeader& header) -> Result<void> {
             out.header = header;
             return {};
         },
         .entry = [&](Table table, std::string_view key, std::string_view value) -> Result<void> {
             out.tables[table].emplace_back(key, value);
             return {};
         }});
    if (!read) return tl::make_unexpected(read.error());
    return out;
}

void check_damaged(const std::string& dump) {
    for (const std::size_t piece : {std::size_t{1}, dump.size() + 1}) {
        const auto read = check_dump(source_of(dump, piece));
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Code::invalid_argument);
        CHECK_THAT(read.error().message, Catch::Contains("the backup is damaged"));
    }
}

// A dump by hand: tables "a" and "b", the records, and an end that says `entries` and `bytes`.
std::string by_hand(const std::string& records, std::uint64_t entries, std::uint64_t bytes) {
    return kDumpStart + records + end_record(entries, bytes);
}

}  // namespace

TEST_CASE("dump: what a store holds comes out of its dump, in pieces of every size", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            REQUIRE(f.store->write([](Transaction& tx) -> Result<void> {
                for (int i = 0; i < 500; ++i)
                    tx.put(kA, std::to_string(i), std::string(i * 7 % 400, 'v'));
                tx.put(kB, std::string("\0\xff\n", 3), "");
                tx.put(kB, std::string(511, 'k'), std::string(100'000, '\0'));
                return {};
            }));
            std::string dump;
            const auto totals = dump_of(*f.store, f.tables, 7, dump);
            CHECK(totals.entries == 502);
            for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, dump.size()}) {
                const auto copy = read_back(dump, piece);
                REQUIRE(copy);
                CHECK(copy->header.format == 7);
                CHECK(copy->header.tables == f.tables);
                CHECK((copy->tables.at(kA) == scan(*f.store, kA)));
                CHECK((copy->tables.at(kB) == scan(*f.store, kB)));
                CHECK(check_dump(source_of(dump, piece)).value() == totals);
            }
        }
    }
}

TEST_CASE("dump: an empty store has one as well", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            std::string dump;
            CHECK(dump_of(*f.store, f.tables, 1, dump) == DumpTotals{});
            CHECK(dump == by_hand("", 0, 0));
            CHECK(check_dump(source_of(dump)).value() == DumpTotals{});
            std::string none;
            CHECK(dump_of(*f.store, {}, 1, none) == DumpTotals{});
            CHECK(check_dump(source_of(none)).value() == DumpTotals{});
        }
    }
}

TEST_CASE("dump: is one snapshot, whatever is written meanwhile", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            REQUIRE(f.store->write([](Transaction& tx) -> Result<void> {
                for (int i = 0; i < 100; ++i) tx.put(kA, std::to_string(i), std::string(5000, 'v'));
                return {};
            }));
            const Entries before = scan(*f.store, kA);
            std::string dump;
            int pieces = 0;
            REQUIRE(f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                const Sink sink = [&](std::string_view bytes) -> Result<void> {
                    dump += bytes;
                    // Another thread's, since a closure must not write.
                    std::thread([&] {
                        CHECK(put(*f.store, kA, std::to_string(++pieces), "changed"));
                    }).join();
                    return {};
                };
                SHOP_CHECK(write_dump(snapshot, f.tables, 1, sink));
                return {};
            }));
            CHECK(pieces > 3);
            CHECK((read_back(dump).value().tables.at(kA) == before));
        }
    }
}

TEST_CASE("dump: progress is said on the way, and errors on both ways come through", "[store]") {
    StoreFixture f(engines().back());
    for (int i = 0; i < 5; ++i)
        REQUIRE(put(*f.store, kA, std::to_string(i), std::string(1 << 20, 'v')));
    std::vector<DumpTotals> seen;
    const auto keep = [&](const DumpTotals& totals) { seen.push_back(totals); };
    std::string dump;
    const auto totals = dump_of(*f.store, f.tables, 1, dump, keep);
    REQUIRE(seen.size() == 5);
    CHECK(seen.back() == totals);
    CHECK(seen.front().entries == 1);
    seen.clear();
    REQUIRE(check_dump(source_of(dump), keep));
    CHECK(seen.size() == 5);

    const auto full = f.store->read([&](const Snapshot& snapshot) -> Result<void> {
        const Sink sink = [](std::string_view) { return fail(Code::insufficient_storage, "full"); };
        SHOP_CHECK(write_dump(snapshot, f.tables, 1, sink));
        return {};
    });
    CHECK(full.error().code == Code::insufficient_storage);
    const auto gone = check_dump([](std::span<char>) { return fail(Code::unavailable, "gone"); });
    CHECK(gone.error().code == Code::unavailable);
    int entries = 0;
    const auto refused = read_dump(
        source_of(dump), {.header = [](const DumpHeader&) { return Result<void>{}; },
                          .entry = [&](Table, std::string_view, std::string_view) -> Result<void> {
                              if (++entries == 3) return fail(Code::conflict, "no more");
                              return {};
                          }});
    CHECK(refused.error().code == Code::conflict);
    CHECK(entries == 3);
}

TEST_CASE("dump: a value that no dump can hold is said when it is written", "[store]") {
    StoreFixture f(engines().back());
    REQUIRE(put(*f.store, kA, "k", std::string(limits::kValueBytesMax, 'v')));
    std::string dump;
    dump_of(*f.store, f.tables, 1, dump);
    CHECK(check_dump(source_of(dump)));
    REQUIRE(put(*f.store, kA, "k", std::string(limits::kValueBytesMax + 1, 'v')));
    const auto refused = f.store->read([&](const Snapshot& snapshot) -> Result<void> {
        SHOP_CHECK(
            write_dump(snapshot, f.tables, 1, [](std::string_view) { return Result<void>{}; }));
        return {};
    });
    CHECK(refused.error().code == Code::internal);
}

TEST_CASE("dump: cut off anywhere, or going on behind its end, it is refused", "[store]") {
    const std::string whole =
        by_hand(entry_record(0, "k", "v") + entry_record(1, "key", std::string(60, 'v')), 2, 65);
    REQUIRE(check_dump(source_of(whole)));
    for (std::size_t size = 0; size < whole.size(); ++size) check_damaged(whole.substr(0, size));
    check_damaged(whole + "x");
    check_damaged(whole + whole);
}

TEST_CASE("dump: what it must not hold is refused", "[store]") {
    const std::string one = entry_record(0, "k", "v");
    REQUIRE(check_dump(source_of(by_hand(one, 1, 2))));
    // totals
    check_damaged(by_hand(one, 2, 2));
    check_damaged(by_hand(one, 1, 3));
    check_damaged(by_hand("", 1, 2));
    // tables, order, twice the same key
    check_damaged(by_hand(entry_record(2, "k", "v"), 1, 2));
    check_damaged(by_hand(entry_record(0xfe, "k", "v"), 1, 2));
    check_damaged(by_hand(one + one, 2, 4));
    check_damaged(by_hand(entry_record(0, "l", "v") + one, 2, 4));
    check_damaged(by_hand(entry_record(1, "k", "v") + one, 2, 4));
    // lengths
    check_damaged(by_hand(entry_record(0, "", "v"), 1, 1));
    check_damaged(by_hand(entry_record(0, std::string(512, 'k'), "v"), 1, 513));
    const std::string value(limits::kValueBytesMax + 1, 'v');
    check_damaged(by_hand(entry_record(0, "k", value), 1, 1 + value.size()));
    check_damaged(kDumpStart + std::string("\x00\x01\x00\xff\xff\xff\xffk", 8));
}

TEST_CASE("dump: a header that is none is refused", "[store]") {
    const auto with = [](const std::string& header) {
        return "shop-dump 1\n" + header + "\n" + end_record(0, 0);
    };
    REQUIRE(check_dump(source_of(with(R"({"format":1,"tables":["a.b-c_d9"]})"))));
    REQUIRE(check_dump(source_of(with(R"({"tables":[],"format":9,"made_by":"a later one"})"))));
    std::string many;
    for (int i = 0; i <= 64; ++i) many += (i > 0 ? ",\"t" : "\"t") + std::to_string(i) + "\"";
    for (const std::string& header :
         {std::string(""),
          std::string("{}"),
          std::string("[]"),
          std::string("7"),
          std::string(R"({"format":0,"tables":[]})"),
          std::string(R"({"format":-1,"tables":[]})"),
          std::string(R"({"format":1.5,"tables":[]})"),
          std::string(R"({"format":"1","tables":[]})"),
          std::string(R"({"format":18446744073709551615,"tables":[]})"),
          std::string(R"({"format":1,"tables":{}})"),
          std::string(R"({"format":1,"tables":[1]})"),
          std::string(R"({"format":1,"tables":["a","a"]})"),
          std::string(R"({"format":1,"tables":[""]})"),
          std::string(R"({"format":1,"tables":["A"]})"),
          std::string(R"({"format":1,"tables":["a/b"]})"),
          std::string(R"({"format":1,"tables":["a\u0000b"]})"),
          R"({"format":1,"tables":[")" + std::string(101, 'a') + "\"]}",
          R"({"format":1,"tables":[)" + many + "]}",
          R"({"format":1,"tables":[],"x":")" + std::string(20'000, 'x') + "\"}",
          std::string(100'000, ' ')}) {
        INFO(header.substr(0, 100));
        check_damaged(with(header));
    }
    std::string other = with(R"({"format":1,"tables":[]})");
    other[10] = '2';
    check_damaged(other);
}

TEST_CASE("dump: with whatever bytes changed it is refused or has the same totals", "[store]") {
    StoreFixture f(engines().back());
    for (int i = 0; i < 20; ++i)
        REQUIRE(put(*f.store, i % 2, std::to_string(i), std::string(i, 'v')));
    std::string dump;
    const auto totals = dump_of(*f.store, f.tables, 1, dump);
    CHECK(rc::check("changed dumps", [&] {
        std::string changed = dump;
        const auto changes = *rc::gen::inRange(1, 4);
        for (int i = 0; i < changes; ++i)
            changed[*rc::gen::inRange<std::size_t>(0, dump.size())] = *rc::gen::arbitrary<char>();
        const auto read = check_dump(source_of(changed));
        if (read) RC_ASSERT(*read == totals);
        if (!read) RC_ASSERT(read.error().code == Code::invalid_argument);
    }));
}
