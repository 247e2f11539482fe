#include <cassert>
#include <condition_variable>
#include <map>
#include <mutex>

#include "base/limits.hpp"
#include "store/closure.hpp"
#include "store/store.hpp"

namespace shop::store {
namespace {

using MemoryTable = std::map<std::string, std::string, std::less<>>;
// One state of the store. No table of it ever changes, so that who holds it holds a snapshot.
using MemoryTables = std::vector<std::shared_ptr<const MemoryTable>>;

// The entry of the range that comes behind the key `last`, which need not be there; empty: the
// first one.
const MemoryTable::value_type* entry_behind(const MemoryTable& table, const Range& range,
                                            const std::string& last) {
    if (range.reverse) {
        const std::string& edge = last.empty() ? range.to : last;
        auto at = edge.empty() ? table.end() : table.lower_bound(edge);
        if (at == table.begin() || (--at)->first < range.from) return nullptr;
        return &*at;
    }
    const auto at = last.empty() ? table.lower_bound(range.from) : table.upper_bound(last);
    if (at == table.end() || (!range.to.empty() && at->first >= range.to)) return nullptr;
    return &*at;
}

class MemoryTransaction final : public Transaction {
public:
    explicit MemoryTransaction(MemoryTables tables)
        : tables_(std::move(tables)), copies_(tables_.size()) {}

    std::optional<std::string_view> get(Table table, std::string_view key) const override {
        const auto found = at(table).find(key);
        if (found == at(table).end()) return std::nullopt;
        return found->second;
    }
    void scan(Table table, const Range& range, const Visit& visit) const override {
        // A key marks the place, since the visitor may erase the entry that it stands on.
        std::string last;
        while (const auto* entry = entry_behind(at(table), range, last)) {
            last = entry->first;
            if (!visit(entry->first, entry->second)) return;
        }
    }
    std::uint64_t count(Table table) const override { return at(table).size(); }
    void put(Table table, std::string_view key, std::string_view value) override {
        assert(!key.empty() && key.size() <= limits::kKeyBytesMax);
        copy(table).insert_or_assign(std::string(key), std::string(value));
    }
    bool erase(Table table, std::string_view key) override {
        if (!at(table).contains(key)) return false;
        MemoryTable& own = copy(table);
        own.erase(own.find(key));
        return true;
    }

    // The state as it is with this transaction's writes, which end here.
    MemoryTables finish() && {
        for (std::size_t i = 0; i < tables_.size(); ++i)
            if (copies_[i]) tables_[i] = std::move(copies_[i]);
        return std::move(tables_);
    }

private:
    const MemoryTable& at(Table table) const {
        assert(table < tables_.size());
        return copies_[table] ? *copies_[table] : *tables_[table];
    }
    // The transaction's own table, copied at its first write.
    MemoryTable& copy(Table table) {
        if (!copies_[table]) copies_[table] = std::make_shared<MemoryTable>(at(table));
        return *copies_[table];
    }

    MemoryTables tables_;                               // as they were at the start
    std::vector<std::shared_ptr<MemoryTable>> copies_;  // by table; none: not written yet
};

class MemoryStore final : public Store {
public:
    MemoryStore(std::size_t tables, const MemoryOptions& options)
        : options_(options), committed_(tables, std::make_shared<const MemoryTable>()) {}
    // Finishes the writes that wait.
    ~MemoryStore() override {
        std::unique_lock lock(mutex_);
        turn_.wait(lock, [this] { return writes_ == 0; });
    }
    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;

    Result<void> read(const ReadFn& fn) const override {
        const MemoryTransaction snapshot(committed());
        return run_closure(fn, snapshot);
    }
    // What a closure throws beside std::exception ends the process, as on a writer's own thread.
    Result<void> write(const WriteFn& fn) noexcept override;
    Stats stats() const override;

private:
    MemoryTables committed() const {
        const std::lock_guard lock(mutex_);
        return committed_;
    }

    const MemoryOptions options_;
    mutable std::mutex mutex_;  // guards all below; no closure runs under it
    std::condition_variable turn_;
    MemoryTables committed_;
    std::uint64_t commits_ = 0;
    std::size_t writes_ = 0;  // calls of write() that have not ended
    bool running_ = false;    // one of them has its turn
};

Result<void> MemoryStore::write(const WriteFn& fn) noexcept {
    std::unique_lock lock(mutex_);
    ++writes_;
    if (options_.reruns) {
        // Others have their turns meanwhile, so that the second run may meet what they commit.
        MemoryTransaction rolled_back(committed_);
        lock.unlock();
        (void)run_closure(fn, rolled_back);
        lock.lock();
    }
    turn_.wait(lock, [this] { return !running_; });
    running_ = true;
    MemoryTransaction transaction(committed_);
    lock.unlock();
    auto result = run_closure(fn, transaction);
    lock.lock();
    if (result) {
        committed_ = std::move(transaction).finish();
        ++commits_;
    }
    running_ = false;
    --writes_;
    turn_.notify_all();
    return result;
}

Stats MemoryStore::stats() const {
    const std::lock_guard lock(mutex_);
    Stats out{.commits = commits_, .changes = commits_};
    for (const auto& table : committed_) {
        out.entries.push_back(table->size());
        for (const auto& [key, value] : *table) out.bytes_used += key.size() + value.size();
    }
    return out;
}

}  // namespace

std::unique_ptr<Store> open_memory(const std::vector<std::string>& tables,
                                   const MemoryOptions& options) {
    assert(tables.size() <= kTablesMax);
    return std::make_unique<MemoryStore>(tables.size(), options);
}

}  // namespace shop::store
