#include "productd/expiry.hpp"

#include <chrono>

#include "productd/reservations.hpp"
#include "runtime/log.hpp"

namespace shop::products {
namespace {

constexpr std::chrono::seconds kPause{1};
constexpr std::size_t kInOneChange = 50;  // others wait for the writer meanwhile

}  // namespace

ExpirySweeper::ExpirySweeper(store::Store& store, const Tables& tables, const Clock& clock)
    : store_(store), tables_(tables), clock_(clock) {}

void ExpirySweeper::start() {
    rounds_.start([this](const std::stop_token&) {
        sweep();
        return Millis(kPause);
    });
}

void ExpirySweeper::sweep() {
    const events::Origin origin{.action = "reservation_expire", .now = clock_.now()};
    bool more = false;
    // A look first: with nothing to do, no transaction waits for the disk.
    auto done = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        more = has_expired(tables_, snapshot, origin.now);
        return {};
    });
    while (done && more) {
        done = store_.write([&](store::Transaction& tx) -> Result<void> {
            events::Change change(tx, tables_.journal, origin);
            more = release_expired(tables_, change, kInOneChange) == kInOneChange;
            return {};
        });
    }
    if (!done)
        log::warning("expired reservations were not released; trying again",
                     {{"reason", done.error().message}});
}

}  // namespace shop::products
