// A store with nothing but the journal of a service, and short ways to read and change it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "contract/engines.hpp"
#include "events/change.hpp"
#include "events/idempotency.hpp"

namespace shop::events::test {

using namespace std::chrono_literals;

inline const Time kStart = Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)) + 10h;

struct JournalStore {
    store::test::TempFolder folder;
    store::Layout layout;
    Journal journal{layout};
    std::unique_ptr<store::Store> store =
        store::test::open_or_throw({.folder = folder.path() / "store", .tables = layout.tables()});

    Result<void> write(const store::WriteFn& fn) { return store->write(fn); }
    void must_write(const std::function<void(store::Transaction&)>& fn) {
        const auto done = store->write([&](store::Transaction& tx) -> Result<void> {
            fn(tx);
            return {};
        });
        if (!done) throw std::runtime_error(done.error().message);
    }
    template <class Fn>
    auto read(const Fn& fn) const {
        std::invoke_result_t<Fn, const store::Snapshot&> out{};
        const auto done = store->read([&](const store::Snapshot& snapshot) -> Result<void> {
            out = fn(snapshot);
            return {};
        });
        if (!done) throw std::runtime_error(done.error().message);
        return out;
    }
    std::uint64_t count(store::Table table) const {
        return read([&](const store::Snapshot& snapshot) { return snapshot.count(table); });
    }
};

// All pages of a check as one.
template <class Check>
store::CheckPage check_pages(const Check& check, const JournalStore& db) {
    store::CheckPage all;
    std::string after;
    do {
        auto page = db.read([&](const store::Snapshot& s) { return check(s, after); });
        all.examined += page.examined;
        for (auto& fault : page.faults) all.faults.push_back(std::move(fault));
        after = page.next;
    } while (!after.empty());
    return all;
}

}  // namespace shop::events::test
