// Work on the folder of an embedded store that no process has open: restoring a dump, compaction.
//
// Both hold the folder's lock from their first to their last step. A store that is open somewhere
// is failed_precondition, with nothing changed; who wants to open it meanwhile waits a little and
// is refused then. However they end, at every moment a whole store is in its place.
//
// Thread safety: any thread; two at once on one folder take turns.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/stream.hpp"
#include "store/dump.hpp"

namespace shop::store {

// Makes the store in `folder` (made where missing) one of the dump's content. The one that was
// there before stays as `former/data.mdb` in the folder and replaces an older one: moved back, it
// is the way back. failed_precondition: the dump is of a newer format than this program's;
// insufficient_storage: the disk is full; invalid_argument: the dump is damaged. After each of them
// all is as before. A dump of an older format is upgraded when the store is next opened.
Result<DumpTotals> restore_lmdb(const std::filesystem::path& folder, const Source& dump,
                                const DumpProgress& progress = {});

struct CompactTotals {
    std::uint64_t bytes_before = 0;  // lengths of data.mdb
    std::uint64_t bytes_after = 0;
};
// Rewrites the store without the free pages in it. Needs disk for a second store while it runs
// (insufficient_storage where there is none, with nothing changed). not_found where there is none.
Result<CompactTotals> compact_lmdb(const std::filesystem::path& folder);

}  // namespace shop::store
