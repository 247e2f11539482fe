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

ExpirySweeper::~ExpirySweeper() { stop(); }

void ExpirySweeper::start() {
    thread_ = std::thread([this] { run(); });
}

void ExpirySweeper::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void ExpirySweeper::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        sweep();
        lock.lock();
        wake_.wait_for(lock, kPause, [this] { return stopping_; });
    }
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
