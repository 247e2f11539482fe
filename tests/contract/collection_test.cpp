// Collections, for every engine: index upkeep, unique keys, paging.
#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "contract/items.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

using Ids = std::vector<std::string>;

struct Query {
    std::string index;
    std::optional<std::string> equal = std::nullopt;
    bool reverse = false;
};

// All primary keys of a walk, fetched in pages of `page_items`, each continued at the last one's
// position.
Ids pages(const ItemFixture& f, const Query& query, std::size_t page_items) {
    Ids out;
    std::string after;
    for (std::size_t got = page_items; got == page_items;) {
        got = 0;
        if (out.size() > 1000) throw std::runtime_error("paging does not end");
        f.read([&](const Snapshot& snapshot) {
            const auto visit = [&](std::string_view primary, std::string_view position) {
                out.emplace_back(primary);
                after = position;
                return ++got < page_items;
            };
            const auto& all = f.items.all;
            if (query.equal) {
                all.walk_equal(snapshot, query.index, *query.equal, std::string(after),
                               query.reverse, visit);
            } else {
                all.walk(snapshot, query.index, std::string(after), query.reverse, visit);
            }
            return true;
        });
    }
    return out;
}

Ids pages_both_ways(const ItemFixture& f, Query query, std::size_t page_items) {
    const Ids forward = pages(f, query, page_items);
    query.reverse = true;
    Ids backward = pages(f, query, page_items);
    std::ranges::reverse(backward);
    CHECK(forward == backward);
    return forward;
}

std::uint64_t index_entries(const ItemFixture& f, std::size_t index) {
    const Table table = f.items.all.indexes()[index].table;
    return f.read([&](const Snapshot& snapshot) { return snapshot.count(table); });
}

}  // namespace

TEST_CASE("key_of: the byte order of numbers is their order", "[store]") {
    using Limits = std::numeric_limits<std::int64_t>;
    const std::vector<std::int64_t> numbers{
        Limits::min(), Limits::min() + 1, -256,         -255, -1, 0, 1, 255, 256,
        65536,         Limits::max() - 1, Limits::max()};
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
        CHECK(key_of(numbers[i]).size() == 8);
        CHECK(key_of(numbers[i]) < key_of(numbers[i + 1]));
    }
    CHECK(rc::check("two numbers and their keys compare alike", [](std::int64_t a, std::int64_t b) {
        RC_ASSERT((a < b) == (key_of(a) < key_of(b)));
    }));
}

TEST_CASE("next_number: counts from 1, each name for itself, and a failure takes no number",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            std::vector<std::int64_t> numbers;
            const auto take = [&](std::string_view name, bool succeed) {
                std::int64_t number = 0;
                const auto done = f.store->write([&](Transaction& tx) -> Result<void> {
                    number = next_number(tx, f.items.counters, name);
                    if (!succeed) return fail(Code::conflict, "no");
                    return {};
                });
                numbers.push_back(number);
                return done;
            };
            CHECK(take("users", true));
            CHECK(take("users", true));
            CHECK(take("orders", true));
            CHECK_FALSE(take("users", false));
            CHECK(take("users", true));
            CHECK(numbers == std::vector<std::int64_t>{1, 2, 1, 3, 3});
        }
    }
}

TEST_CASE("collection: a document comes back by primary and by unique key", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            const Item item{"i1", "jumbo-bag", "Jumbo Bag", 295, {"bags", "red"}};
            REQUIRE(f.put(item));
            f.read([&](const Snapshot& snapshot) {
                CHECK(f.items.all.get(snapshot, "i1") == item);
                CHECK(f.items.all.get_by(snapshot, "slug", "jumbo-bag") == item);
                CHECK(f.items.all.lookup(snapshot, "slug", "jumbo-bag") == "i1");
                CHECK(f.items.all.raw(snapshot, "i1") == schema::encode_text(item));
                CHECK_FALSE(f.items.all.get(snapshot, "i2"));
                CHECK_FALSE(f.items.all.get_by(snapshot, "slug", "jumbo"));
                CHECK_FALSE(f.items.all.get_by(snapshot, "slug", std::string(2000, 's')));
                CHECK(f.items.all.count(snapshot) == 1);
                return true;
            });
        }
    }
}

TEST_CASE("collection: a taken unique key is refused and nothing changes", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            REQUIRE(f.put({"i1", "one", "First", 1}));
            REQUIRE(f.put({"i2", "two", "Second", 2}));
            const auto refused = f.put({"i2", "one", "Renamed", 3});
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == Code::already_exists);
            CHECK(refused.error().message == "the slug is taken");

            // Not even where the closure passes over the failure.
            REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                CHECK_FALSE(f.items.all.put(tx, {"i2", "one", "Renamed", 3}));
                CHECK_FALSE(f.items.all.put(tx, {"i3", "one", "New", 4}));
                return {};
            }));
            CHECK(pages(f, {""}, 10) == Ids{"i1", "i2"});
            CHECK(pages(f, {"name"}, 10) == Ids{"i1", "i2"});
            CHECK(pages(f, {"name", "Second"}, 10) == Ids{"i2"});
            CHECK(pages(f, {"price"}, 10) == Ids{"i1", "i2"});
            CHECK(pages(f, {"slug", "one"}, 10) == Ids{"i1"});
        }
    }
}

TEST_CASE("collection: a unique key is free again once its document changed or went", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            REQUIRE(f.put({"i1", "one", "First", 1}));
            REQUIRE(f.put({"i1", "one", "Same slug", 1}));
            REQUIRE(f.put({"i1", "uno", "First", 1}));
            REQUIRE(f.put({"i2", "one", "Second", 2}));
            CHECK(f.erase("i2"));
            CHECK_FALSE(f.erase("i2"));
            REQUIRE(f.put({"i3", "one", "Third", 3}));
            CHECK(pages(f, {"slug"}, 10) == Ids{"i3", "i1"});
            // Two documents swap in one transaction, by way of a free key.
            REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                SHOP_CHECK(f.items.all.put(tx, {"i1", "free", "First", 1}));
                SHOP_CHECK(f.items.all.put(tx, {"i3", "uno", "Third", 3}));
                return f.items.all.put(tx, {"i1", "one", "First", 1});
            }));
            CHECK(pages(f, {"slug"}, 10) == Ids{"i1", "i3"});
        }
    }
}

TEST_CASE("collection: a unique key that fits no index entry is refused", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            REQUIRE(f.put({"i1", std::string(511, 's'), "", 1}));
            const auto refused = f.put({"i2", std::string(512, 's'), "", 1});
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == Code::invalid_argument);
            CHECK(refused.error().message == "the slug must have 1 to 511 bytes");
        }
    }
}

TEST_CASE("collection: indexes follow a change and an erase", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            REQUIRE(f.put({"i1", "one", "First", 10, {"red", "bag", "red"}}));
            CHECK(pages(f, {"tag", "red"}, 10) == Ids{"i1"});
            CHECK(index_entries(f, 3) == 2);

            REQUIRE(f.put({"i1", "", "First", 5, {"blue", "bag"}}));
            CHECK(pages(f, {"tag", "red"}, 10).empty());
            CHECK(pages(f, {"tag", "blue"}, 10) == Ids{"i1"});
            CHECK(pages(f, {"tag", "bag"}, 10) == Ids{"i1"});
            CHECK(pages(f, {"price", key_of(10)}, 10).empty());
            CHECK(pages(f, {"price", key_of(5)}, 10) == Ids{"i1"});
            CHECK(pages(f, {"slug"}, 10).empty());

            CHECK(f.erase("i1"));
            for (std::size_t i = 0; i < f.items.all.indexes().size(); ++i)
                CHECK(index_entries(f, i) == 0);
        }
    }
}

TEST_CASE("collection: keys that share a prefix are kept apart", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            REQUIRE(f.put({"i1", "", "ab", -1}));
            REQUIRE(f.put({"i2", "", "a", 0}));
            REQUIRE(f.put({"i3", "", "a b", 256}));
            REQUIRE(f.put({"i4", "", "", 1}));
            CHECK(pages(f, {"name"}, 10) == Ids{"i4", "i2", "i3", "i1"});
            CHECK(pages(f, {"name", "a"}, 10) == Ids{"i2"});
            CHECK(pages(f, {"name", ""}, 10) == Ids{"i4"});
            CHECK(pages(f, {"price"}, 10) == Ids{"i1", "i2", "i4", "i3"});
            CHECK(pages(f, {"price", key_of(0)}, 10) == Ids{"i2"});
        }
    }
}

TEST_CASE("collection: long index keys are cut, keep their order by prefix and are kept up",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            const std::string id(255, 'i');
            const std::string name(900, 'n');
            REQUIRE(f.put({id, "", "a" + name, 1, {name + "1", name + "2"}}));
            REQUIRE(f.put({"i2", "", "b" + name, 1}));
            REQUIRE(f.put({"i3", "", "a" + name + "z", 1}));
            CHECK(pages(f, {"name"}, 2) == Ids{"i3", id, "i2"});
            // Equality holds for what the index keeps of a key.
            CHECK(pages(f, {"name", "a" + name}, 1) == Ids{"i3", id});

            // One of two keys that are the same once cut goes: the entry stays for the other.
            REQUIRE(f.put({id, "", "a" + name, 1, {name + "2"}}));
            CHECK(pages(f, {"tag", name + "2"}, 10) == Ids{id});
            CHECK(f.erase(id));
            CHECK(index_entries(f, 3) == 0);
            CHECK(pages(f, {"name"}, 10) == Ids{"i3", "i2"});
        }
    }
}

TEST_CASE("collection: pages of every size go through all documents, both ways", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            Ids by_price;
            for (int i = 0; i < 7; ++i) {
                const std::string id = "i" + std::to_string(i);
                REQUIRE(f.put({id, "s" + std::to_string(9 - i), "name", i / 3}));
                by_price.push_back(id);
            }
            for (std::size_t size = 1; size <= 8; ++size) {
                CHECK(pages_both_ways(f, {""}, size) == by_price);
                CHECK(pages_both_ways(f, {"price"}, size) == by_price);
                CHECK(pages_both_ways(f, {"name", "name"}, size) == by_price);
                CHECK(pages_both_ways(f, {"price", key_of(1)}, size) == Ids{"i3", "i4", "i5"});
                CHECK(pages_both_ways(f, {"slug"}, size).front() == "i6");
                CHECK(pages_both_ways(f, {"slug", "s9"}, size) == Ids{"i0"});
            }
        }
    }
}

TEST_CASE("collection: a position from elsewhere cannot leave the walk's key", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            ItemFixture f(engine);
            for (const char* name : {"a", "b", "c"}) REQUIRE(f.put({name, "", name, 1}));
            const auto walk_from = [&](const std::string& after, bool reverse) {
                Ids out;
                f.read([&](const Snapshot& snapshot) {
                    f.items.all.walk_equal(snapshot, "name", "b", after, reverse,
                                           [&](std::string_view primary, std::string_view) {
                                               out.emplace_back(primary);
                                               return true;
                                           });
                    return true;
                });
                return out;
            };
            for (const char* below : {"0", "a"}) {
                CHECK(walk_from(below, false) == Ids{"b"});
                CHECK(walk_from(below, true).empty());
            }
            for (const char* above : {"c", "z"}) {
                CHECK(walk_from(above, false).empty());
                CHECK(walk_from(above, true) == Ids{"b"});
            }
            CHECK(walk_from(std::string(4000, 'a'), false) == Ids{"b"});
            CHECK(walk_from(std::string(4000, 'z'), false).empty());
        }
    }
}

namespace {

// The same documents in plain maps.
using Model = std::map<std::string, Item>;

Ids ordered_by(const Model& model,
               const std::function<std::vector<std::string>(const Item&)>& keys) {
    std::set<std::pair<std::string, std::string>> entries;
    for (const auto& [id, item] : model)
        for (const auto& key : keys(item)) entries.emplace(key, id);
    Ids out;
    for (const auto& entry : entries) out.push_back(entry.second);
    return out;
}

struct Step {
    bool erases;
    Item item;
};

std::vector<Step> arbitrary_steps() {
    using rc::gen::container, rc::gen::elementOf, rc::gen::inRange, rc::gen::resize;
    const auto word = resize(6, container<std::string>(elementOf(std::string("ab~"))));
    const auto short_word = resize(2, container<std::string>(elementOf(std::string("ab~"))));
    const auto words = resize(3, container<std::vector<std::string>>(short_word));
    std::vector<Step> out(*inRange<std::size_t>(1, 60));
    for (auto& [erases, item] : out) {
        erases = *inRange(0, 4) == 0;
        item = {std::to_string(*inRange(0, 12)), *short_word, *word, *inRange<std::int64_t>(-2, 3),
                *words};
    }
    return out;
}

// Whether the step does what it says, given the documents before it; and the documents after it.
bool apply(Model& model, const Step& step) {
    if (step.erases) return model.erase(step.item.id) == 1;
    const bool taken =
        !step.item.slug.empty() && std::ranges::any_of(model, [&](const auto& entry) {
            return entry.first != step.item.id && entry.second.slug == step.item.slug;
        });
    if (!taken) model[step.item.id] = step.item;
    return !taken;
}

// Empties the collection and takes the steps in one transaction; what each said.
std::vector<bool> apply(const ItemFixture& f, const std::vector<Step>& steps) {
    std::vector<bool> out;
    const auto done = f.store->write([&](Transaction& tx) -> Result<void> {
        out.clear();
        for (int id = 0; id < 12; ++id) f.items.all.erase(tx, std::to_string(id));
        for (Table table = 0; table < f.items.layout.tables().size(); ++table)
            if (tx.count(table) != 0) return fail(Code::internal, "erase left an entry");
        for (const auto& [erases, item] : steps)
            out.push_back(erases ? f.items.all.erase(tx, item.id)
                                 : f.items.all.put(tx, item).has_value());
        return {};
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

void compare(const ItemFixture& f, const Model& model, std::size_t page_items) {
    Ids ids;
    for (const auto& [id, item] : model) {
        ids.push_back(id);
        RC_ASSERT(f.read([&](const Snapshot& snapshot) { return f.items.all.get(snapshot, id); }) ==
                  item);
    }
    RC_ASSERT(pages_both_ways(f, {""}, page_items) == ids);
    const auto by = [&](const std::string& index, const auto& keys) {
        RC_ASSERT(pages_both_ways(f, {index}, page_items) == ordered_by(model, keys));
    };
    using Keys = std::vector<std::string>;
    by("slug", [](const Item& item) { return item.slug.empty() ? Keys{} : Keys{item.slug}; });
    by("name", [](const Item& item) { return Keys{item.name}; });
    by("price", [](const Item& item) { return Keys{key_of(item.price)}; });
    by("tag", [](const Item& item) { return item.tags; });
}

}  // namespace

TEST_CASE("collection: any row of changes leaves what plain maps would hold", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            const ItemFixture f(engine);
            CHECK(rc::check("collection against std::map", [&f] {
                const auto steps = arbitrary_steps();
                Model model;
                std::vector<bool> expected;
                for (const Step& step : steps) expected.push_back(apply(model, step));
                RC_ASSERT(apply(f, steps) == expected);
                compare(f, model, *rc::gen::inRange<std::size_t>(1, 6));
            }));
        }
    }
}
