// The parts of a service's consistency check: each walks one thing page by page, so that a store of
// any size is checked, and mended, while the shop is open.
//
// Thread safety: a part may run on many threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "events/change.hpp"
#include "store/collection.hpp"
#include "store/store.hpp"

namespace shop::runtime {

// Entries of one page: a few milliseconds, so that others hardly wait for its snapshot, or its
// transaction where it repairs.
inline constexpr std::size_t kCheckedAtOnce = 500;

struct StorePart {
    std::string name;
    // One page behind `after` (what the page before gave in `next`; empty: from the start).
    std::function<Result<store::CheckPage>(const events::Origin& by, std::string_view after,
                                           bool repair)>
        step;
};

// How a part looks at a page; with `repair` (null: only look) it mends what is derived.
using PageCheck = std::function<Result<store::CheckPage>(
    const events::Origin& by, const store::Snapshot& snapshot, std::string_view after,
    store::Transaction* repair)>;
// A part that needs nothing but the store.
StorePart store_part(std::string name, store::Store& store, PageCheck check);

// Both outlive the part.
template <class T>
StorePart collection_part(store::Store& store, const store::Collection<T>& collection) {
    return store_part(collection.name(), store,
                      [&collection](const events::Origin&, const store::Snapshot& snapshot,
                                    std::string_view after, store::Transaction* repair) {
                          return repair ? collection.repair(*repair, after, kCheckedAtOnce)
                                        : collection.check(snapshot, after, kCheckedAtOnce);
                      });
}
// Events, audit chain and kept answers.
std::vector<StorePart> journal_parts(store::Store& store, const events::Journal& journal);

}  // namespace shop::runtime
