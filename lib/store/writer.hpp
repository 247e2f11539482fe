// Group commit: one thread that takes every change that waits and hands them to the engine as one
// batch.
//
// A caller alone waits for nobody: its change is a batch of one. While a batch is being committed
// the next one gathers, so that the number of fsyncs follows the disk and not the number of
// callers.
//
// Thread safety: write() from any thread but the writer's own (an assertion: it would wait for
// itself).
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "store/store.hpp"

namespace shop::store {

// One call of Store::write. `fn` lives in the caller, who waits for `done`.
struct Change {
    const WriteFn* fn;
    Result<void> result = {};
    std::promise<Result<void>> done = {};
};

class Writer {
public:
    // Makes 1 to limits::kGroupCommitMax changes durable and sets the result of each. Must not
    // throw.
    using Commit = std::function<void(std::span<Change>)>;

    explicit Writer(Commit commit);
    // Finishes what is queued. A write() that comes meanwhile gets unavailable.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Result<void> write(const WriteFn& fn);

private:
    void run();
    // Waits for changes; an empty batch: the writer is closing and nothing is left.
    std::vector<Change> take();

    Commit commit_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Change> queue_;  // guarded by mutex_
    bool closing_ = false;       // guarded by mutex_
    std::thread thread_;         // last: it uses the members above
};

}  // namespace shop::store
