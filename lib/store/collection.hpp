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

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/codec.hpp"
#include "store/store.hpp"

namespace shop::store {

// Index keys whose byte order is the order of their values.
std::string key_of(std::int64_t number);    // 8 bytes, big endian, sign flipped
std::string key_of(std::string_view text);  // as it is; text never contains 0x00 (the schema
                                            // refuses control bytes)

struct IndexOptions {
    bool unique = false;
    // What the value is called in the message of already_exists: "the slug".
    std::string_view label = "";
};

// The parts of a collection that do not depend on T: tables and raw index entries.
class CollectionBase {
public:
    struct Entry {  // one index entry of one document
        std::size_t index;
        std::string key;
        auto operator<=>(const Entry&) const = default;
    };
    struct Index {
        std::string name;
        IndexOptions options;
        Table table;
    };

    const std::string& name() const { return name_; }
    const std::vector<Index>& indexes() const { return indexes_; }

    // The document's bytes as stored.
    std::optional<std::string_view> raw(const Snapshot& snapshot, std::string_view primary) const;
    // Primary key behind a unique index.
    std::optional<std::string> lookup(const Snapshot& snapshot, std::string_view index,
                                      std::string_view key) const;
    // Walks an index (or, with an empty name, the primary keys) and hands out primary keys. `after`
    // is a position that a former walk returned in `position`; empty: from the start. Return false
    // from `visit` to end.
    using Walk = std::function<bool(std::string_view primary, std::string_view position)>;
    void walk(const Snapshot& snapshot, std::string_view index, std::string_view after,
              bool reverse, const Walk& visit) const;
    // The same over the entries of an index that carry exactly this key (its first 255 bytes where
    // the index is not unique, see FORMAT.md).
    void walk_equal(const Snapshot& snapshot, std::string_view index, std::string_view key,
                    std::string_view after, bool reverse, const Walk& visit) const;
    std::uint64_t count(const Snapshot& snapshot) const;

protected:
    CollectionBase(std::string name, Table table) : name_(std::move(name)), table_(table) {}
    void add_index(std::string name, Table table, IndexOptions options);
    // Replaces `before`'s entries by `after`'s and stores the bytes. already_exists where a unique
    // key is taken.
    Result<void> replace(Transaction& tx, std::string_view primary,
                         const std::vector<Entry>& before, const std::vector<Entry>& after,
                         std::string_view bytes) const;
    void remove(Transaction& tx, std::string_view primary, const std::vector<Entry>& before) const;
    const Index& index(std::string_view name) const;  // an assertion where there is none

    std::string name_;
    Table table_;
    std::vector<Index> indexes_;
};

// What opens the tables: collects names while collections are declared, then opens the store.
class Layout {
public:
    Table table(std::string name);
    const std::vector<std::string>& tables() const { return tables_; }

private:
    std::vector<std::string> tables_;
};

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

private:
    Layout* layout_;
    std::function<std::string(const T&)> primary_;
    std::vector<KeyFn> keys_;
};

// A counter that lives in the store ("number" of users, products, orders).
std::int64_t next_number(Transaction& tx, Table table, std::string_view name);

}  // namespace shop::store
