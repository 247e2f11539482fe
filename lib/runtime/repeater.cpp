#include "runtime/repeater.hpp"

namespace shop::runtime {

void Repeater::start(Work work) {
    thread_ = std::jthread([this, work = std::move(work)](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            woken_ = false;
            lock.unlock();
            const Millis pause = work(stop);
            lock.lock();
            wake_.wait_for(lock, stop, pause, [this] { return woken_; });
        }
    });
}

void Repeater::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void Repeater::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    wake_.notify_all();
}

}  // namespace shop::runtime
