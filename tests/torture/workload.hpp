// The changes that the torture tests make, and what a store has to hold after them.
//
// A lane is a caller: its changes are numbered from 1, and it begins one when the last one was
// acknowledged. A change writes and erases several entries at once, of a few bytes up to a dozen
// pages, in the slots of its lane turn about, so that pages are used again; the lane's count is one
// of the entries.
//
// Thread safety: values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace shop::torture {

inline const std::vector<std::string> kTables{"small", "large"};

using Contents = std::map<std::pair<store::Table, std::string>, std::string>;

void make_change(store::Transaction& tx, std::size_t lane, std::uint64_t number);
// What each lane has after its first `counts[lane]` changes.
Contents expected(const std::vector<std::uint64_t>& counts);

Contents read_all(const store::Snapshot& snapshot);
// By the store's own entry; 0 where the lane has none.
std::uint64_t count_of(const Contents& contents, std::size_t lane);

}  // namespace shop::torture
