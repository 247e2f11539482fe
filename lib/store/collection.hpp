// Collections: documents with a primary key and declared indexes over a store's tables.
//
// A Collection<T> is declared once, as a constant of a daemon's store.cpp; index upkeep, lookups,
// paging and the consistency check all come from that declaration. A document is the JSON of T's
// field table, so that a read of one document can hand the stored bytes to the response without a
// parse.
//
// On disk: table `name` holds primary key -> JSON; each index is a table `name.index` that holds
// `index key` (unique) or `index key 0x00 primary key` (not unique) -> primary key. See FORMAT.md.
//
// Thread safety: a Collection is immutable after construction; calls are as safe as the Snapshot
// they get.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/codec.hpp"
#include "store/collection_base.hpp"

namespace shop::store {

template <class T>
class Collection : public CollectionBase {
public:
    // Index keys of a document; an empty list: the document is not in that index.
    using KeyFn = std::function<std::vector<std::string>(const T&)>;

    Collection(Layout& layout, std::string name, std::function<std::string(const T&)> primary)
        : CollectionBase(name, layout.table(name)),
          layout_(&layout),
          primary_(std::move(primary)) {}

    // Declares an index; only while the layout is still open (before the store is).
    Collection& index_by(std::string name, KeyFn keys, IndexOptions options = {}) {
        add_index(name, layout_->table(name_ + "." + name), options);
        keys_.push_back(std::move(keys));
        return *this;
    }

    std::optional<T> get(const Snapshot& snapshot, std::string_view primary) const {
        const auto bytes = raw(snapshot, primary);
        if (!bytes) return std::nullopt;
        return schema::decode_stored<T>(*bytes);
    }
    std::optional<T> get_by(const Snapshot& snapshot, std::string_view index,
                            std::string_view key) const {
        const auto primary = lookup(snapshot, index, key);
        if (!primary) return std::nullopt;
        return get(snapshot, *primary);
    }

    // Stores the document (new or changed) and keeps its indexes.
    Result<void> put(Transaction& tx, const T& document) const {
        const std::string primary = primary_(document);
        const auto before = get(tx, primary);
        return replace(tx, primary, before ? entries(*before) : std::vector<Entry>{},
                       entries(document), schema::encode_text(document));
    }
    // Whether there was such a document.
    bool erase(Transaction& tx, std::string_view primary) const {
        const auto before = get(tx, primary);
        if (before) remove(tx, primary, entries(*before));
        return before.has_value();
    }
    std::vector<Entry> entries(const T& document) const {
        std::vector<Entry> out;
        for (std::size_t i = 0; i < keys_.size(); ++i)
            for (auto& key : keys_[i](document)) out.push_back({i, std::move(key)});
        return out;
    }

    // Examines up to `count_max` documents and index entries behind the position `after` (empty:
    // from the start): each document can be read, has its own primary key and stands in its
    // indexes, and each index entry belongs to a document. Page by page this goes through a
    // collection that is in use: a change between two pages is no fault. invalid_argument where
    // `after` is no position.
    Result<CheckPage> check(const Snapshot& snapshot, std::string_view after,
                            std::size_t count_max) const {
        return examine(snapshot, nullptr, after, count_max, declared());
    }
    // The same, and mends the indexes: adds entries that are missing and removes those that belong
    // to nothing. A fault that says so stays: documents are never changed. The faults are those
    // that it met.
    Result<CheckPage> repair(Transaction& tx, std::string_view after, std::size_t count_max) const {
        return examine(tx, &tx, after, count_max, declared());
    }

private:
    Declared declared() const {
        return
            [this](std::string_view primary, std::string_view bytes) -> Result<std::vector<Entry>> {
                SHOP_TRY(document, schema::decode_text<T>(bytes, schema::Mode::stored));
                if (primary_(document) != primary)
                    return fail(Code::internal, "it is the document of another key");
                return entries(document);
            };
    }

    Layout* layout_;
    std::function<std::string(const T&)> primary_;
    std::vector<KeyFn> keys_;
};

// A counter that lives in the store ("number" of users, products, orders).
std::int64_t next_number(Transaction& tx, Table table, std::string_view name);

}  // namespace shop::store
