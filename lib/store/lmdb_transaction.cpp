#include <cassert>

#include "base/limits.hpp"
#include "store/lmdb.hpp"

namespace shop::store {
namespace {

std::string_view to_view(const MDB_val& val) {
    return {static_cast<const char*>(val.mv_data), val.mv_size};
}

bool is_key(std::string_view key) { return !key.empty() && key.size() <= limits::kKeyBytesMax; }

int move_to_first(MDB_cursor* cursor, const Range& range, MDB_val& key, MDB_val& value) {
    const std::string& edge = range.reverse ? range.to : range.from;
    if (edge.empty())
        return mdb_cursor_get(cursor, &key, &value, range.reverse ? MDB_LAST : MDB_FIRST);
    key = to_val(edge);
    const int found = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (!range.reverse || (found != MDB_SUCCESS && found != MDB_NOTFOUND)) return found;
    // The cursor stands on the first key at or above `to`, which is not part of the range.
    return mdb_cursor_get(cursor, &key, &value, found == MDB_SUCCESS ? MDB_PREV : MDB_LAST);
}

bool is_inside(const Range& range, std::string_view key) {
    return range.reverse ? key >= range.from : range.to.empty() || key < range.to;
}

}  // namespace

MDB_val to_val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

void must(int code) {
    if (code != MDB_SUCCESS) throw EngineError{code};
}

Txn begin(MDB_env* env, MDB_txn* parent, unsigned flags) {
    MDB_txn* txn = nullptr;
    must(mdb_txn_begin(env, parent, flags, &txn));
    return Txn(txn);
}

std::optional<std::string_view> LmdbTransaction::get(Table table, std::string_view key) const {
    if (!is_key(key)) return std::nullopt;
    MDB_val wanted = to_val(key);
    MDB_val value{};
    const int found = mdb_get(txn_, handle(table), &wanted, &value);
    if (found == MDB_NOTFOUND) return std::nullopt;
    must(found);
    return to_view(value);
}

void LmdbTransaction::scan(Table table, const Range& range, const Visit& visit) const {
    MDB_cursor* raw = nullptr;
    must(mdb_cursor_open(txn_, handle(table), &raw));
    const Cursor cursor(raw);
    MDB_val key{};
    MDB_val value{};
    int found = move_to_first(raw, range, key, value);
    while (found == MDB_SUCCESS && is_inside(range, to_view(key)) &&
           visit(to_view(key), to_view(value)))
        found = mdb_cursor_get(raw, &key, &value, range.reverse ? MDB_PREV : MDB_NEXT);
    if (found != MDB_NOTFOUND) must(found);
}

std::uint64_t LmdbTransaction::count(Table table) const { return stat(table).ms_entries; }

void LmdbTransaction::put(Table table, std::string_view key, std::string_view value) {
    assert(is_key(key));
    MDB_val at = to_val(key);
    MDB_val bytes = to_val(value);
    has_written_ = true;
    must(mdb_put(txn_, handle(table), &at, &bytes, 0));
}

bool LmdbTransaction::erase(Table table, std::string_view key) {
    if (!is_key(key)) return false;
    MDB_val at = to_val(key);
    const int found = mdb_del(txn_, handle(table), &at, nullptr);
    if (found == MDB_NOTFOUND) return false;
    has_written_ = true;
    must(found);
    return true;
}

MDB_stat LmdbTransaction::stat(Table table) const {
    MDB_stat out{};
    must(mdb_stat(txn_, handle(table), &out));
    return out;
}

MDB_dbi LmdbTransaction::handle(Table table) const {
    assert(table < tables_.size());
    return tables_[table];
}

namespace {

// Processes that were killed leave their slots taken, so these are given back where none is left.
Txn begin_read(MDB_env* env) {
    MDB_txn* txn = nullptr;
    int code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn);
    int dead = 0;
    if (code == MDB_READERS_FULL && mdb_reader_check(env, &dead) == MDB_SUCCESS && dead > 0)
        code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn);
    must(code);
    return Txn(txn);
}

}  // namespace

Readers::Lease Readers::take() {
    Txn txn;
    {
        const std::lock_guard lock(mutex_);
        if (!resting_.empty()) {
            txn = std::move(resting_.back());
            resting_.pop_back();
        }
    }
    if (txn) {
        must(mdb_txn_renew(txn.get()));
    } else {
        txn = begin_read(env_);
    }
    return {txn.release(), GiveBack{this}};
}

void Readers::give_back(MDB_txn* txn) {
    mdb_txn_reset(txn);
    const std::lock_guard lock(mutex_);
    resting_.emplace_back(txn);
}

}  // namespace shop::store
