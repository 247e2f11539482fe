#include "store/collection.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace shop::store {
namespace {

// What an entry of a non-unique index can hold of its key: the rest is for 0x00 and a primary key
// as long.
constexpr std::size_t kSharedKeyBytesMax = (limits::kKeyBytesMax - 1) / 2;

std::string_view cut(std::string_view key) { return key.substr(0, kSharedKeyBytesMax); }

std::string stored_key(const CollectionBase::Index& index, std::string_view key,
                       std::string_view primary) {
    if (index.options.unique) return std::string(key);
    assert(primary.size() <= kSharedKeyBytesMax);
    std::string out(cut(key));
    out += '\0';
    out += primary;
    return out;
}

std::vector<CollectionBase::Entry> difference(const std::vector<CollectionBase::Entry>& from,
                                              const std::vector<CollectionBase::Entry>& without) {
    std::vector<CollectionBase::Entry> out;
    std::ranges::set_difference(from, without, std::back_inserter(out));
    return out;
}

Result<void> check_unique(const Transaction& tx, const CollectionBase::Index& index,
                          std::string_view key, std::string_view primary) {
    if (key.empty() || key.size() > limits::kKeyBytesMax)
        return fail(Code::invalid_argument, fmt::format("{} must have 1 to {} bytes",
                                                        index.options.label, limits::kKeyBytesMax));
    const auto owner = tx.get(index.table, key);
    if (owner && *owner != primary)
        return fail(Code::already_exists, fmt::format("{} is taken", index.options.label));
    return {};
}

// Narrows a range to what comes behind the position `after` in the range's direction.
Range behind(Range range, std::string_view after) {
    if (after.empty()) return range;
    if (range.reverse) {
        if (range.to.empty() || after < range.to) range.to = after;
    } else if (after >= range.from) {
        range.from = after;
        range.from += '\0';  // the least key above it
    }
    return range;
}

}  // namespace

std::string key_of(std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 0xff);
    return out;
}

std::int64_t number_of(std::string_view key) {
    if (key.size() != sizeof(std::int64_t)) return 0;
    std::uint64_t bits = 0;
    for (const char byte : key) bits = bits << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63));
}

std::string key_of(std::string_view text) { return std::string(text); }

std::optional<std::string_view> CollectionBase::raw(const Snapshot& snapshot,
                                                    std::string_view primary) const {
    return snapshot.get(table_, primary);
}

std::optional<std::string> CollectionBase::lookup(const Snapshot& snapshot,
                                                  std::string_view index_name,
                                                  std::string_view key) const {
    const Index& by = index(index_name);
    assert(by.options.unique);
    const auto primary = snapshot.get(by.table, key);
    if (!primary) return std::nullopt;
    return std::string(*primary);
}

void CollectionBase::walk(const Snapshot& snapshot, std::string_view index_name,
                          std::string_view after, bool reverse, const Walk& visit) const {
    const Range range = behind({.reverse = reverse}, after);
    if (index_name.empty()) {
        snapshot.scan(table_, range,
                      [&](std::string_view key, std::string_view) { return visit(key, key); });
        return;
    }
    snapshot.scan(
        index(index_name).table, range,
        [&](std::string_view key, std::string_view primary) { return visit(primary, key); });
}

void CollectionBase::walk_equal(const Snapshot& snapshot, std::string_view index_name,
                                std::string_view key, std::string_view after, bool reverse,
                                const Walk& visit) const {
    const Index& by = index(index_name);
    Range range{std::string(key), std::string(key), reverse};
    if (by.options.unique) {
        range.to += '\0';
    } else {
        range = {std::string(cut(key)) + '\0', std::string(cut(key)) + '\1', reverse};
    }
    snapshot.scan(by.table, behind(std::move(range), after),
                  [&](std::string_view position, std::string_view primary) {
                      return visit(primary, position);
                  });
}

std::uint64_t CollectionBase::count(const Snapshot& snapshot) const {
    return snapshot.count(table_);
}

void CollectionBase::add_index(std::string name, Table table, IndexOptions options) {
    indexes_.push_back({std::move(name), options, table});
}

// Two long keys may be the same once cut.
std::vector<CollectionBase::Entry> CollectionBase::stored(const std::vector<Entry>& entries,
                                                          std::string_view primary) const {
    std::vector<Entry> out;
    out.reserve(entries.size());
    for (const auto& [index, key] : entries)
        out.push_back({index, stored_key(indexes_[index], key, primary)});
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
}

bool CollectionBase::fits(std::string_view primary) const {
    return primary.size() <= kSharedKeyBytesMax ||
           std::ranges::all_of(indexes_, [](const Index& by) { return by.options.unique; });
}

Result<void> CollectionBase::replace(Transaction& tx, std::string_view primary,
                                     const std::vector<Entry>& before,
                                     const std::vector<Entry>& after,
                                     std::string_view bytes) const {
    const auto old_entries = stored(before, primary);
    const auto new_entries = stored(after, primary);
    const auto added = difference(new_entries, old_entries);
    // All checks before the first write: a caller may pass over the failure and go on with its
    // transaction.
    for (const auto& [index, key] : added)
        if (indexes_[index].options.unique)
            SHOP_CHECK(check_unique(tx, indexes_[index], key, primary));
    for (const auto& [index, key] : difference(old_entries, new_entries))
        tx.erase(indexes_[index].table, key);
    for (const auto& [index, key] : added) tx.put(indexes_[index].table, key, primary);
    tx.put(table_, primary, bytes);
    return {};
}

void CollectionBase::remove(Transaction& tx, std::string_view primary,
                            const std::vector<Entry>& before) const {
    for (const auto& [index, key] : stored(before, primary)) tx.erase(indexes_[index].table, key);
    tx.erase(table_, primary);
}

const CollectionBase::Index& CollectionBase::index(std::string_view name) const {
    const auto found = std::ranges::find(indexes_, name, &Index::name);
    assert(found != indexes_.end());
    return *found;
}

Table Layout::table(std::string name) {
    assert(std::ranges::find(tables_, name) == tables_.end());
    assert(tables_.size() < kTablesMax);
    tables_.push_back(std::move(name));
    return static_cast<Table>(tables_.size() - 1);
}

std::int64_t next_number(Transaction& tx, Table table, std::string_view name) {
    const auto last = tx.get(table, name);
    const std::int64_t number = last ? parse_int(*last).value() + 1 : 1;
    tx.put(table, name, std::to_string(number));
    return number;
}

}  // namespace shop::store
