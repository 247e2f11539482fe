// Work that a daemon does again and again on a thread of its own, with a pause in between.
//
// Thread safety: start() and stop() by the owner; wake() from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/time.hpp"

namespace shop::runtime {

class Repeater {
public:
    // One round; how long the pause until the next one is. `stop` is for work that waits for
    // somebody else.
    using Work = std::function<Millis(const std::stop_token& stop)>;

    Repeater() = default;
    ~Repeater() { stop(); }
    Repeater(const Repeater&) = delete;
    Repeater& operator=(const Repeater&) = delete;

    // The first round begins at once. Not twice without stop().
    void start(Work work);
    // Ends the pause, and returns when the round that is under way is over.
    void stop();
    // The next round begins now; where one is under way, right after it.
    void wake();

private:
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool woken_ = false;  // guarded by mutex_
    std::jthread thread_;
};

}  // namespace shop::runtime
