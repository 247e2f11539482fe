// The check of a collection's indexes against its documents.
#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "store/collection_base.hpp"

namespace shop::store {
namespace {

// Where a page ended. On its way to a client and back it is a byte for the table and the key.
struct Position {
    std::size_t table = 0;  // 0: the documents; above: the index of that number, less one
    std::string key;        // examined last; empty: none of that table yet
};

std::string to_text(const Position& position) {
    return static_cast<char>(position.table) + position.key;
}

std::optional<Position> to_position(std::string_view text, std::size_t tables) {
    if (text.empty()) return Position{};
    const auto table = static_cast<unsigned char>(text.front());
    if (table >= tables || text.size() > 1 + limits::kKeyBytesMax) return std::nullopt;
    return Position{table, std::string(text.substr(1))};
}

// Bytes of a key for a person: text as it is.
std::string shown(std::string_view bytes) {
    const bool is_text = is_utf8(bytes) && std::ranges::none_of(bytes, [](char c) {
                             return (c >= 0 && c < ' ') || c == '\x7f';
                         });
    return is_text ? std::string(bytes) : "0x" + to_hex(bytes);
}

}  // namespace

class CollectionBase::Examiner {
public:
    Examiner(const CollectionBase& collection, const Snapshot& snapshot, Transaction* mend,
             const Declared& declared)
        : all_(collection), snapshot_(snapshot), mend_(mend), declared_(declared) {}

    CheckPage run(Position at, std::size_t count_max) {
        for (; at.table <= all_.indexes_.size(); at = {at.table + 1, ""}) {
            if (!walk(at, count_max)) {
                page_.next = to_text(at);
                break;
            }
        }
        return std::move(page_);
    }

private:
    enum class Claim { yes, no, unknown };

    // Whether it came to the end of the table; moves the position on.
    bool walk(Position& at, std::size_t count_max) {
        const Range behind{at.key.empty() ? "" : at.key + '\0', ""};
        const Table table = at.table == 0 ? all_.table_ : all_.indexes_[at.table - 1].table;
        bool ended = true;
        snapshot_.scan(table, behind, [&](std::string_view key, std::string_view value) {
            ended = page_.examined < count_max;
            if (!ended) return false;
            ++page_.examined;
            at.key = key;
            if (at.table == 0) {
                document(key, value);
            } else {
                entry(at.table - 1, at.key, std::string(value));
            }
            return true;
        });
        return ended;
    }

    void document(std::string_view primary, std::string_view bytes) {
        const auto entries = declared_(primary, bytes);
        if (!entries)
            return add(primary, fmt::format("its document is damaged: {}; restore it from a backup",
                                            entries.error().message));
        if (!all_.fits(primary)) return add(primary, "its key is too long for an index");
        for (const auto& [index, key] : all_.stored(*entries, primary))
            declared_entry(primary, index, key);
    }

    // What the document declares must be in the index.
    void declared_entry(std::string_view primary, std::size_t index, const std::string& key) {
        const Index& by = all_.indexes_[index];
        if (key.empty() || key.size() > limits::kKeyBytesMax)
            return add(primary, fmt::format("its key for index {} has {} bytes and can have 1 to "
                                            "{}; change it",
                                            by.name, key.size(), limits::kKeyBytesMax));
        const auto owner = snapshot_.get(by.table, key);
        if (owner == primary) return;
        const std::string entry = entry_text(by, key, primary);
        if (!owner) {
            add(primary, fmt::format("has no {}", entry), true);
        } else {
            const Claim other = by.options.unique ? claim(*owner, index, key) : Claim::no;
            const std::string whose = shown(*owner);
            if (other == Claim::yes)
                return add(primary, fmt::format("the {} is that of {}, which has the same key; "
                                                "change it in one of them",
                                                entry, whose));
            if (other == Claim::unknown)
                return add(primary, fmt::format("the {} is that of {}, whose document is damaged; "
                                                "see to that first",
                                                entry, whose));
            add(primary, fmt::format("the {} is that of {}, which does not have it", entry, whose),
                true);
        }
        if (mend_) mend_->put(by.table, key, primary);
    }

    // What is in the index must be declared by its document.
    void entry(std::size_t index, const std::string& key, const std::string& primary) {
        const Index& by = all_.indexes_[index];
        if (claim(primary, index, key) != Claim::no) return;
        const std::string what = entry_text(by, key, primary);
        add(primary,
            all_.raw(snapshot_, primary) ? fmt::format("does not have the {}", what)
                                         : fmt::format("is not there, but its {} is", what),
            true);
        if (mend_) mend_->erase(by.table, key);
    }

    // Whether the document declares the entry. Of one that is damaged nobody knows.
    Claim claim(std::string_view primary, std::size_t index, std::string_view key) const {
        const auto bytes = all_.raw(snapshot_, primary);
        if (!bytes) return Claim::no;
        auto entries = declared_(primary, *bytes);
        if (!entries || !all_.fits(primary)) return Claim::unknown;
        std::erase_if(*entries, [&](const Entry& entry) { return entry.index != index; });
        const auto stored = all_.stored(*entries, primary);
        return std::ranges::find(stored, key, &Entry::key) != stored.end() ? Claim::yes : Claim::no;
    }

    static std::string entry_text(const Index& by, std::string_view key, std::string_view primary) {
        // The rest of a shared key says whose it is.
        if (!by.options.unique && key.ends_with(primary))
            key.remove_suffix(std::min(key.size(), primary.size() + 1));
        return fmt::format("entry \"{}\" in index {}", shown(key), by.name);
    }

    void add(std::string_view primary, std::string problem, bool repairable = false) {
        page_.faults.push_back({shown(primary), std::move(problem), repairable});
    }

    const CollectionBase& all_;
    const Snapshot& snapshot_;
    Transaction* mend_;  // not owned; nullptr: nothing is mended
    const Declared& declared_;
    CheckPage page_;
};

Result<CheckPage> CollectionBase::examine(const Snapshot& snapshot, Transaction* mend,
                                          std::string_view after, std::size_t count_max,
                                          const Declared& declared) const {
    assert(count_max > 0);
    auto at = to_position(after, 1 + indexes_.size());
    if (!at) return fail(Code::invalid_argument, "the check cannot go on at this position");
    return Examiner(*this, snapshot, mend, declared).run(std::move(*at), count_max);
}

}  // namespace shop::store
