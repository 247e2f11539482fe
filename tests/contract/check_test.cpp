// The check of a collection, for every engine: what it finds, what it mends, what it leaves alone.
#include <catch2/catch.hpp>

#include <atomic>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "contract/items.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

struct Findings {
    std::uint64_t examined = 0;
    std::vector<Fault> faults;
};

// Goes through the collection in pages of so many entries, each on a snapshot of its own.
Findings check(const ItemFixture& f, std::size_t page_entries) {
    Findings out;
    std::string after;
    do {
        const auto page = f.read([&](const Snapshot& snapshot) {
            return f.items.all.check(snapshot, after, page_entries).value();
        });
        CHECK(page.examined <= page_entries);
        out.examined += page.examined;
        out.faults.insert(out.faults.end(), page.faults.begin(), page.faults.end());
        after = page.next;
    } while (!after.empty());
    return out;
}

std::vector<Fault> repair(const ItemFixture& f, std::size_t page_entries) {
    std::vector<Fault> out;
    std::string after;
    do {
        CheckPage page;
        const auto done = f.store->write([&](Transaction& tx) -> Result<void> {
            page = f.items.all.repair(tx, after, page_entries).value();
            return {};
        });
        REQUIRE(done);
        out.insert(out.end(), page.faults.begin(), page.faults.end());
        after = page.next;
    } while (!after.empty());
    return out;
}

// "i1: has no entry …", sorted.
std::multiset<std::string> lines(const std::vector<Fault>& faults) {
    std::multiset<std::string> out;
    for (const auto& fault : faults) out.insert(fault.subject + ": " + fault.problem);
    return out;
}

struct CheckedFixture : ItemFixture {
    explicit CheckedFixture(const Engine& engine_) : ItemFixture(engine_) {
        for (int i = 0; i < 12; ++i) {
            const std::string n = std::to_string(i);
            const Item item{"i" + n, i % 3 == 0 ? "" : "s" + n, "name", i, {"t" + n, "all"}};
            if (!put(item)) throw std::runtime_error("cannot fill the fixture");
        }
    }
    Table table(const std::string& index) const {
        for (const auto& by : items.all.indexes())
            if (by.name == index) return by.table;
        throw std::runtime_error("no index " + index);
    }
    void damage(const std::function<void(Transaction&)>& how) {
        const auto done = store->write([&](Transaction& tx) -> Result<void> {
            how(tx);
            return {};
        });
        if (!done) throw std::runtime_error(done.error().message);
    }
    const Table documents = items.counters + 1;
};

const std::string kZero(1, '\0');

struct Damage {
    std::string name;
    std::function<void(const CheckedFixture&, Transaction&)> how;
    std::multiset<std::string> found;
};

// Each of them is mended.
const std::vector<Damage>& damages() {
    static const std::vector<Damage> all{
        {"a missing unique entry",
         [](const auto& f, Transaction& tx) { tx.erase(f.table("slug"), "s1"); },
         {"i1: has no entry \"s1\" in index slug"}},
        {"a missing shared entry",
         [](const auto& f, Transaction& tx) {
             tx.erase(f.table("name"), "name" + kZero + "i2");
             tx.erase(f.table("tag"), "t2" + kZero + "i2");
         },
         {"i2: has no entry \"name\" in index name", "i2: has no entry \"t2\" in index tag"}},
        {"a missing entry of a number",
         [](const auto& f, Transaction& tx) {
             tx.erase(f.table("price"), key_of(1) + kZero + "i1");
         },
         {"i1: has no entry \"0x8000000000000001\" in index price"}},
        {"entries of a document that is gone",
         [](const auto& f, Transaction& tx) {
             tx.put(f.table("slug"), "old", "gone");
             tx.put(f.table("name"), "name" + kZero + "gone", "gone");
         },
         {"gone: is not there, but its entry \"old\" in index slug is",
          "gone: is not there, but its entry \"name\" in index name is"}},
        {"entries that their document does not declare",
         [](const auto& f, Transaction& tx) {
             tx.put(f.table("slug"), "old", "i1");
             tx.put(f.table("price"), key_of(77) + kZero + "i1", "i1");
         },
         {"i1: does not have the entry \"old\" in index slug",
          "i1: does not have the entry \"0x800000000000004d\" in index price"}},
        {"a unique entry that points elsewhere",
         [](const auto& f, Transaction& tx) { tx.put(f.table("slug"), "s1", "i2"); },
         {"i1: the entry \"s1\" in index slug is that of i2, which does not have it",
          "i2: does not have the entry \"s1\" in index slug"}},
        {"a shared entry that points elsewhere",
         [](const auto& f, Transaction& tx) {
             tx.put(f.table("name"), "name" + kZero + "i1", "i2");
         },
         {"i1: the entry \"name\" in index name is that of i2, which does not have it",
          "i2: does not have the entry \"0x6e616d65006931\" in index name"}},
        {"an entry that points to bytes that are no key",
         [](const auto& f, Transaction& tx) {
             tx.put(f.table("slug"), "odd", "");
             tx.put(f.table("slug"), "odder", std::string(3000, '\xff'));
         },
         {": is not there, but its entry \"odd\" in index slug is",
          "0x" + to_hex(std::string(3000, '\xff')) +
              ": is not there, but its entry \"odder\" in index slug is"}},
    };
    return all;
}

void check_one(const Engine& engine, const Damage& damage, std::size_t page_entries) {
    INFO(damage.name << ", pages of " << page_entries);
    CheckedFixture f(engine);
    f.damage([&](Transaction& tx) { damage.how(f, tx); });
    const auto found = check(f, page_entries).faults;
    CHECK(lines(found) == damage.found);
    for (const auto& fault : found) CHECK(fault.repairable);
    // A page that mends sees what it has mended.
    for (const auto& line : lines(repair(f, page_entries))) CHECK(damage.found.contains(line));
    CHECK(check(f, 7).faults.empty());
    CHECK(repair(f, 7).empty());
}

// Nothing of it is mended, and repair changes nothing.
void check_left_alone(CheckedFixture& f, const std::multiset<std::string>& expected) {
    const auto state = [&] {
        std::vector<Entries> tables;
        for (Table table = 0; table < f.items.layout.tables().size(); ++table)
            tables.push_back(scan(*f.store, table));
        return tables;
    };
    const auto before = state();
    for (const auto& faults : {check(f, 5).faults, repair(f, 5), check(f, 1000).faults}) {
        CHECK(lines(faults) == expected);
        for (const auto& fault : faults) CHECK_FALSE(fault.repairable);
    }
    CHECK(state() == before);
}

}  // namespace

TEST_CASE("check: a healthy collection has no faults, in pages of every size", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CheckedFixture f(engine);
            for (const std::size_t page_entries : {1, 7, 1000}) {
                const auto found = check(f, page_entries);
                CHECK(lines(found.faults).empty());
                // 12 documents, 8 slugs, 12 names, 12 prices, 24 tags
                CHECK(found.examined == 68);
            }
            CHECK(repair(f, 7).empty());
        }
    }
}

TEST_CASE("check: an empty collection has no faults", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            const ItemFixture f(engine);
            const auto found = check(f, 1);
            CHECK(found.examined == 0);
            CHECK(found.faults.empty());
        }
    }
}

TEST_CASE("check: each damage of an index is found and mended, and nothing else changes",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            for (const Damage& damage : damages())
                for (const std::size_t page_entries : {1, 7, 1000})
                    check_one(engine, damage, page_entries);
        }
    }
}

TEST_CASE("check: mending brings back every entry of an index that is lost as a whole", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CheckedFixture f(engine);
            std::vector<Entries> before;
            for (const auto& by : f.items.all.indexes()) {
                before.push_back(scan(*f.store, by.table));
                f.damage([&](Transaction& tx) {
                    for (const auto& [key, value] : before.back()) tx.erase(by.table, key);
                });
                REQUIRE(scan(*f.store, by.table).empty());
            }
            CHECK(repair(f, 3).size() == 56);
            for (std::size_t i = 0; i < before.size(); ++i)
                CHECK(scan(*f.store, f.items.all.indexes()[i].table) == before[i]);
        }
    }
}

TEST_CASE("check: a document that cannot be read is a fault, and is left alone with its entries",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CheckedFixture f(engine);
            f.damage([&](Transaction& tx) {
                tx.put(f.documents, "i1", "{\"id\":\"i1\"");
                tx.put(f.documents, "i2", "{\"id\":\"i2\",\"price\":\"dear\"}");
                tx.put(f.documents, "i4", "{\"id\":\"i5\",\"slug\":\"s5\"}");
                tx.put(f.documents, "i7", "");
            });
            const auto found = lines(check(f, 5).faults);
            REQUIRE(found.size() == 4);
            auto line = found.begin();
            CHECK_THAT(*line++, Catch::StartsWith("i1: its document is damaged: not JSON"));
            CHECK_THAT(*line++,
                       Catch::Contains("i2: its document is damaged") && Catch::Contains("/price"));
            CHECK_THAT(*line++, Catch::Contains("i4: its document is damaged") &&
                                    Catch::Contains("another key"));
            CHECK_THAT(*line++, Catch::Contains("i7: its document is damaged"));
            check_left_alone(f, found);
        }
    }
}

TEST_CASE("check: a unique key of two documents is a fault that a person has to settle",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CheckedFixture f(engine);
            f.damage([&](Transaction& tx) {
                tx.put(f.documents, "i2",
                       schema::encode_text(Item{"i2", "s1", "name", 2, {"t2", "all"}}));
                tx.erase(f.table("slug"), "s2");
            });
            check_left_alone(f, {"i2: the entry \"s1\" in index slug is that of i1, which has the "
                                 "same key; change it in one of them"});
            // Where nobody can say whether the other one has it, neither.
            f.damage([&](Transaction& tx) { tx.put(f.documents, "i1", "?"); });
            auto found = lines(check(f, 5).faults);
            CHECK(
                found.contains("i2: the entry \"s1\" in index slug is that of i1, whose document "
                               "is damaged; see to that first"));
            check_left_alone(f, found);
        }
    }
}

TEST_CASE("check: keys that no index takes are faults", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CheckedFixture f(engine);
            const std::string id(300, 'i');
            f.damage([&](Transaction& tx) {
                tx.put(f.documents, id, schema::encode_text(Item{id, "", "n", 1}));
                tx.put(f.table("name"), "n", id);
                tx.put(f.documents, "j",
                       schema::encode_text(Item{"j", std::string(512, 's'), "name", 1}));
                tx.put(f.table("name"), "name" + kZero + "j", "j");
                tx.put(f.table("price"), key_of(1) + kZero + "j", "j");
            });
            check_left_alone(f, {id + ": its key is too long for an index",
                                 "j: its key for index slug has 512 bytes and can have 1 to 511; "
                                 "change it"});
        }
    }
}

TEST_CASE("check: goes on from any position, and refuses what is none", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            const CheckedFixture f(engine);
            const auto from = [&](const std::string& after) {
                return f.read([&](const Snapshot& snapshot) {
                    return std::optional(f.items.all.check(snapshot, after, 1000));
                });
            };
            for (char table = 0; table <= 4; ++table)
                for (const auto& key : {std::string(), kZero, std::string("i3"),
                                        std::string(511, '\xff'), std::string("\xff\0x", 3)}) {
                    const auto page = from(table + key);
                    REQUIRE(*page);
                    CHECK((*page)->faults.empty());
                    CHECK((*page)->next.empty());
                }
            for (const auto& none :
                 {std::string(1, '\x05'), std::string("i3"), std::string(1, '\xff'),
                  kZero + std::string(512, 'k'), std::string(100'000, '\0')}) {
                const auto page = from(none);
                REQUIRE_FALSE(*page);
                CHECK(page->error().code == Code::invalid_argument);
            }
        }
    }
}

TEST_CASE("check: changes between its pages, and beside them, are no faults", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CheckedFixture f(engine);
            std::atomic<bool> ended = false;
            std::atomic<int> changes = 0;
            std::thread writer([&] {
                for (int i = 0; !ended; ++i) {
                    const std::string n = std::to_string(i * 7 % 20);
                    if (i % 5 == 0) {
                        (void)f.erase("i" + n);
                    } else {
                        (void)f.put({"i" + n, "s" + std::to_string(i % 23), "name", i % 4, {n}});
                    }
                    ++changes;
                }
            });
            for (int round = 0; round < 10 || changes < 200; ++round) {
                const auto faults = check(f, 1 + round % 9).faults;
                CHECK(lines(faults).empty());
                if (!faults.empty()) break;
            }
            ended = true;
            writer.join();
        }
    }
}
