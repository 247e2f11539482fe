#include "store/writer.hpp"

#include <cassert>

#include "base/limits.hpp"
#include "base/waiting.hpp"

namespace shop::store {

Writer::Writer(Commit commit) : commit_(std::move(commit)), thread_([this] { run(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_one();
    }
    thread_.join();
}

Result<void> Writer::write(const WriteFn& fn) {
    const Waiting waiting;
    Lock lock(mutex_);
    assert(std::this_thread::get_id() != committing_);
    if (closing_) return fail(Code::unavailable, "the store is closing; try again in a moment");
    return is_quiet() ? write_here(lock, fn) : write_with_others(lock, fn);
}

// Callers that shared the last commit come back one after the other: the first of them would commit
// alone and let the others wait for it, where the thread takes most of them together.
bool Writer::is_quiet() const {
    return committing_ == std::thread::id() && waiting_.empty() && last_changes_ == 1;
}

Result<void> Writer::write_here(Lock& lock, const WriteFn& fn) {
    Change change{&fn};
    commit(lock, {&change, 1});
    // Under the lock: without it the writer may be gone.
    if (closing_ || !waiting_.empty()) wake_.notify_one();
    return std::move(change.result);
}

Result<void> Writer::write_with_others(Lock& lock, const WriteFn& fn) {
    if (waiting_.empty() || waiting_.back()->changes.size() == limits::kGroupCommitMax)
        waiting_.push_back(std::make_shared<Batch>());
    const auto batch = waiting_.back();
    const std::size_t place = batch->changes.size();
    batch->changes.push_back({&fn});
    // Who commits looks here next.
    if (committing_ == std::thread::id()) wake_.notify_one();
    lock.unlock();
    batch->is_done.wait();
    return std::move(batch->changes[place].result);
}

void Writer::commit(Lock& lock, std::span<Change> changes) noexcept {
    committing_ = std::this_thread::get_id();
    last_changes_ = changes.size();
    lock.unlock();
    commit_(changes);
    lock.lock();
    committing_ = {};
}

void Writer::run() {
    for (;;) {
        Lock lock(mutex_);
        wake_.wait(lock, [this] {
            return committing_ == std::thread::id() && (closing_ || !waiting_.empty());
        });
        if (waiting_.empty()) return;
        const auto batch = std::move(waiting_.front());
        waiting_.pop_front();
        commit(lock, batch->changes);
        lock.unlock();
        batch->done.set_value();
    }
}

}  // namespace shop::store
