#include "http/work_queue.hpp"

#include <algorithm>

namespace shop::http {

std::size_t WorkQueue::push(const std::vector<Connection*>& ready) {
    const std::lock_guard lock(mutex_);
    const std::size_t room = max_ - std::min(max_, list_.size());
    const std::size_t count = std::min(room, ready.size());
    list_.insert(list_.end(), ready.begin(), ready.begin() + static_cast<std::ptrdiff_t>(count));
    call_one();
    return count;
}

void WorkQueue::push_again(Connection& connection) {
    const std::lock_guard lock(mutex_);
    list_.push_back(&connection);
}

Connection* WorkQueue::pop() {
    std::unique_lock lock(mutex_);
    while (list_.empty() && !closed_) {
        Waiter waiter;
        idle_.push_back(&waiter);
        waiter.called_cv.wait(lock, [&] { return waiter.called; });
        calling_ = false;
    }
    if (closed_) return nullptr;
    Connection* connection = list_.front();
    list_.pop_front();
    call_one();
    return connection;
}

void WorkQueue::call_one() {
    if (calling_ || idle_.empty() || list_.empty()) return;
    calling_ = true;
    Waiter& waiter = *idle_.back();
    idle_.pop_back();
    waiter.called = true;
    waiter.called_cv.notify_one();
}

void WorkQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    list_.clear();
    for (auto* waiter : idle_) {
        waiter->called = true;
        waiter->called_cv.notify_one();
    }
    idle_.clear();
}

std::size_t WorkQueue::size() const {
    const std::lock_guard lock(mutex_);
    return list_.size();
}

}  // namespace shop::http
