// What collections have in common whatever their documents are: tables, raw index entries, walks,
// and the check of indexes against documents.
//
// Thread safety: as in collection.hpp.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.hpp"

namespace shop::store {

// Index keys whose byte order is the order of their values.
std::string key_of(std::int64_t number);       // 8 bytes, big endian, sign flipped
std::int64_t number_of(std::string_view key);  // the inverse; 0 where the key has another form
std::string key_of(std::string_view text);     // as it is; text never contains 0x00 (the schema
                                               // refuses control bytes)

// Something that is wrong in a collection, in words for a person.
struct Fault {
    std::string subject;      // primary key of the document that it is about
    std::string problem;      // "has no entry \"red-mug\" in index slug"
    bool repairable = false;  // it is derived: a repair mends it, or has
};
struct CheckPage {
    std::uint64_t examined = 0;  // documents and index entries
    std::string next;            // where to go on (any bytes); empty: that was all
    std::vector<Fault> faults;
};

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
    // Index entries that a stored document declares, or what is wrong with it.
    using Declared =
        std::function<Result<std::vector<Entry>>(std::string_view primary, std::string_view bytes)>;
    // The entries of a document as the index tables hold them, sorted and each once.
    std::vector<Entry> stored(const std::vector<Entry>& entries, std::string_view primary) const;
    // Whether a primary key is short enough for the indexes that are not unique.
    bool fits(std::string_view primary) const;
    // Collection::check and, where there is a transaction to mend in, repair.
    Result<CheckPage> examine(const Snapshot& snapshot, Transaction* mend, std::string_view after,
                              std::size_t count_max, const Declared& declared) const;

    std::string name_;
    Table table_;
    std::vector<Index> indexes_;

private:
    class Examiner;
};

// What opens the tables: collects names while collections are declared, then opens the store.
class Layout {
public:
    Table table(std::string name);
    const std::vector<std::string>& tables() const { return tables_; }

private:
    std::vector<std::string> tables_;
};

}  // namespace shop::store
