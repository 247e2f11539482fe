// A collection with an index of each kind, on any engine.
//
// Thread safety: as the store's; an ItemFixture belongs to one test.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "contract/engines.hpp"
#include "store/collection.hpp"

namespace shop::store::test {

struct Item {
    std::string id;
    std::string slug;
    std::string name;
    std::int64_t price = 0;
    std::vector<std::string> tags = {};
    bool operator==(const Item&) const = default;
};

}  // namespace shop::store::test

template <>
inline const shop::schema::StructType& shop::schema::type_of<shop::store::test::Item>() {
    using shop::store::test::Item;
    static const StructType type{"Item",
                                 "Something with indexes.",
                                 {
                                     field<&Item::id>("id", "Primary key.", Required{}),
                                     field<&Item::slug>("slug", "Unique; empty: in no index."),
                                     field<&Item::name>("name", "May be long."),
                                     field<&Item::price>("price", "A number."),
                                     field<&Item::tags>("tags", "Several keys of one document."),
                                 }};
    return type;
}

namespace shop::store::test {

struct Items {
    Layout layout;
    Table counters = layout.table("counters");
    Collection<Item> all =
        Collection<Item>(layout, "items", [](const Item& item) { return item.id; });

    Items() {
        all.index_by("slug",
                     [](const Item& item) {
                         return item.slug.empty() ? std::vector<std::string>{}
                                                  : std::vector{key_of(item.slug)};
                     },
                     {.unique = true, .label = "the slug"})
            .index_by("name", [](const Item& item) { return std::vector{key_of(item.name)}; })
            .index_by("price", [](const Item& item) { return std::vector{key_of(item.price)}; })
            .index_by("tag", [](const Item& item) { return item.tags; });
    }
};

struct ItemFixture {
    explicit ItemFixture(const Engine& engine_) : engine(engine_) {}

    Result<void> put(const Item& item) {
        return store->write([&](Transaction& tx) { return items.all.put(tx, item); });
    }
    bool erase(const std::string& id) {
        bool was_there = false;
        const auto done = store->write([&](Transaction& tx) -> Result<void> {
            was_there = items.all.erase(tx, id);
            return {};
        });
        return done && was_there;
    }
    template <class Fn>
    auto read(const Fn& fn) const {
        decltype(fn(std::declval<const Snapshot&>())) out;
        const auto done = store->read([&](const Snapshot& snapshot) -> Result<void> {
            out = fn(snapshot);
            return {};
        });
        if (!done) throw std::runtime_error(done.error().message);
        return out;
    }

    TempFolder folder;
    const Engine& engine;
    Items items;
    std::unique_ptr<Store> store = engine.open(folder.path(), items.layout.tables());
};

}  // namespace shop::store::test
