#include "http/work_queue.hpp"

#include <sched.h>

#include <algorithm>
#include <thread>

namespace shop::http {

std::size_t WorkQueue::default_running_max() {
    return std::max(2U, std::thread::hardware_concurrency());
}

std::size_t WorkQueue::push(const std::vector<Connection*>& ready) {
    const std::lock_guard lock(mutex_);
    const std::size_t room = max_ - std::min(max_, list_.size());
    const std::size_t count = std::min(room, ready.size());
    list_.insert(list_.end(), ready.begin(), ready.begin() + static_cast<std::ptrdiff_t>(count));
    call_one_if_free();
    return count;
}

void WorkQueue::push_again(Connection& connection) {
    const std::lock_guard lock(mutex_);
    list_.push_back(&connection);
}

bool WorkQueue::press() {
    const std::lock_guard lock(mutex_);
    if (taken_ == taken_before_) call_one();
    taken_before_ = taken_;
    return !list_.empty();
}

void WorkQueue::call_one_if_free() {
    if (running_ < running_max_) call_one();
}

void WorkQueue::call_one() {
    if (calling_ || looking_ > 0 || idle_.empty() || list_.empty()) return;
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

WorkQueue::Worker::Worker(WorkQueue& queue) : queue_(queue) { Waiting::count_this_thread(this); }

WorkQueue::Worker::~Worker() { Waiting::count_this_thread(nullptr); }

Connection* WorkQueue::Worker::next() {
    std::unique_lock lock(queue_.mutex_);
    if (running_) --queue_.running_;
    running_ = false;
    if (queue_.list_.empty()) look_again(lock);
    while (queue_.list_.empty() && !queue_.closed_) {
        Waiter waiter;
        queue_.idle_.push_back(&waiter);
        waiter.called_cv.wait(lock, [&] { return waiter.called; });
        queue_.calling_ = false;
    }
    if (queue_.closed_) return nullptr;
    Connection* connection = queue_.list_.front();
    queue_.list_.pop_front();
    ++queue_.taken_;
    ++queue_.running_;
    running_ = true;
    queue_.call_one_if_free();
    return connection;
}

// The loop may be about to bring more: to let it run costs less than to sleep and be woken.
void WorkQueue::Worker::look_again(std::unique_lock<std::mutex>& lock) {
    ++queue_.looking_;
    lock.unlock();
    ::sched_yield();
    lock.lock();
    --queue_.looking_;
}

void WorkQueue::Worker::waits() noexcept {
    const std::lock_guard lock(queue_.mutex_);
    --queue_.running_;
    queue_.call_one_if_free();
}

void WorkQueue::Worker::goes_on() noexcept {
    const std::lock_guard lock(queue_.mutex_);
    ++queue_.running_;
}

}  // namespace shop::http
