// Group commit: every change that waits is handed to the engine in one batch with the others.
//
// A caller alone waits for nobody, not even for another thread: it commits its change itself. While
// a change or a batch is being committed the next batch gathers, and a thread of the writer's own
// commits that, so that the number of fsyncs follows the disk and not the number of callers.
//
// Thread safety: write() from any thread, but not from within a change (an assertion: it would wait
// for itself).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "store/store.hpp"

namespace shop::store {

// One call of Store::write. `fn` lives in the caller, who waits for the result.
struct Change {
    const WriteFn* fn;
    Result<void> result = {};
};

class Writer {
public:
    // Makes 1 to limits::kGroupCommitMax changes durable and sets the result of each; never called
    // by two threads at once. What it throws ends the process.
    using Commit = std::function<void(std::span<Change>)>;

    explicit Writer(Commit commit);
    // Finishes what waits. A write() that comes meanwhile gets unavailable.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Result<void> write(const WriteFn& fn);

private:
    // Belongs to its callers and to the thread. One promise for all wakes them with one system
    // call.
    struct Batch {
        std::vector<Change> changes;
        std::promise<void> done;
        std::shared_future<void> is_done = done.get_future().share();
    };
    using Lock = std::unique_lock<std::mutex>;

    bool is_quiet() const;
    Result<void> write_here(Lock& lock, const WriteFn& fn);
    Result<void> write_with_others(Lock& lock, const WriteFn& fn);
    // Gives the lock up meanwhile.
    void commit(Lock& lock, std::span<Change> changes) noexcept;
    void run();

    Commit commit_;
    std::mutex mutex_;  // guards all below
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Batch>> waiting_;
    std::thread::id committing_;    // none: nobody does
    std::size_t last_changes_ = 1;  // in the last commit
    bool closing_ = false;
    std::thread thread_;  // last: it uses the members above
};

}  // namespace shop::store
