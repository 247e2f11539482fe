// Formats of a store and the steps from each to the next.
//
// Thread safety: immutable.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace shop::store {

// Makes a store of format N one of format N + 1; N is 1 for the first step of the list.
struct UpgradeStep {
    // The step is for stores that have the first of these tables, and does nothing in others. The
    // rest are made where they are missing. Tables of `run` are positions in this list.
    std::vector<std::string> tables;
    // All steps that a store needs run in one transaction together with its new number: one that
    // fails leaves the store as it was.
    WriteFn run;
};
using UpgradeSteps = std::vector<UpgradeStep>;

// Of this program. A step stays as long as stores of its format may be about.
const UpgradeSteps& upgrade_steps();
// The format number of the stores that this program makes: 1 and one for each step.
std::int64_t store_format();
// The oldest that it can read: where the first step begins.
inline constexpr std::int64_t kOldestStoreFormat = 1;

// open_lmdb with other steps than this program's: for tests.
Result<std::unique_ptr<Store>> open_lmdb_with(const LmdbOptions& options,
                                              const UpgradeSteps& steps);

}  // namespace shop::store
