// Refusals in the audit log, few enough that nobody fills the disk by being refused.
//
// Thread safety: any thread. What was written lately is kept in memory: a restart forgets it.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "events/change.hpp"
#include "store/store.hpp"

namespace shop::runtime {

class Refusals {
public:
    // Both outlive it.
    Refusals(store::Store& store, const events::Journal& journal)
        : store_(store), journal_(journal) {}

    // Writes the record in a transaction of its own, at most one of a `key` in a minute and 300 in
    // all. A store that fails is said in the log: the refusal stands without a record.
    void note(const events::Origin& origin, const std::string& subject, const std::string& reason,
              const std::string& key);

private:
    bool is_due(const std::string& key, Time now);

    store::Store& store_;
    const events::Journal& journal_;
    std::mutex mutex_;
    std::unordered_map<std::string, Time> noted_;  // by key; guarded by mutex_
};

}  // namespace shop::runtime
