#include "store/writer.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "base/limits.hpp"

namespace shop::store {

Writer::Writer(Commit commit) : commit_(std::move(commit)), thread_([this] { run(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

Result<void> Writer::write(const WriteFn& fn) {
    assert(std::this_thread::get_id() != thread_.get_id());
    Change change{&fn};
    auto done = change.done.get_future();
    {
        const std::lock_guard lock(mutex_);
        if (closing_) return fail(Code::unavailable, "the store is closing; try again in a moment");
        queue_.push_back(std::move(change));
        // Under the lock: once the change is done, the writer may be gone.
        wake_.notify_one();
    }
    return done.get();
}

std::vector<Change> Writer::take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (queue_.size() <= limits::kGroupCommitMax) return std::exchange(queue_, {});
    const auto end = queue_.begin() + limits::kGroupCommitMax;
    std::vector<Change> batch(std::make_move_iterator(queue_.begin()),
                              std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return batch;
}

void Writer::run() {
    for (auto batch = take(); !batch.empty(); batch = take()) {
        commit_(batch);
        for (Change& change : batch) change.done.set_value(std::move(change.result));
    }
}

}  // namespace shop::store
