// The bounded queue of connections that hold a complete request, and where workers wait for them.
//
// No more workers run than there are processors: whoever is woken beyond that takes turns with the
// others for nothing (a switch of threads costs as much as a short request). A worker that waits
// for something else says so (base/waiting.hpp), and the next one is woken. Where nobody says so
// and nothing is taken for a while, press() wakes one more. The worker that went idle last is woken
// first (its stack is still in the cache), and one at a time: a woken worker wakes the next while
// there is more to do. So short handlers keep few threads busy, and slow ones get them all.
//
// Thread safety: any thread; a Worker belongs to its own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "base/waiting.hpp"

namespace shop::http {

class Connection;

class WorkQueue {
public:
    // `running_max`: workers that run at one time without being pressed.
    explicit WorkQueue(std::size_t max, std::size_t running_max = default_running_max())
        : max_(max), running_max_(running_max) {}
    // One for each processor, and two where there is one: a long request never has it alone.
    static std::size_t default_running_max();

    // Takes as many from the front of `ready` as fit; returns how many those are.
    std::size_t push(const std::vector<Connection*>& ready);
    // A worker's connection that holds a further request: to the end, for fairness, whatever the
    // bound.
    void push_again(Connection& connection);
    // Wakes one more worker, however many run, where something waits and nothing was taken since
    // the last call. Whether anything waits, so that there should be a next call soon.
    bool press();
    // What waits is dropped.
    void close();
    std::size_t size() const;

    // A thread that works for the queue, for as long as it does.
    class Worker final : Waiting::Counter {
    public:
        explicit Worker(WorkQueue& queue);
        ~Worker() override;
        Worker(const Worker&) = delete;
        Worker& operator=(const Worker&) = delete;
        // Waits for one; nullptr once the queue is closed.
        Connection* next();

    private:
        void waits() noexcept override;
        void goes_on() noexcept override;
        void look_again(std::unique_lock<std::mutex>& lock);

        WorkQueue& queue_;
        bool running_ = false;
    };

private:
    struct Waiter {
        std::condition_variable called_cv;
        bool called = false;
    };
    void call_one();
    void call_one_if_free();

    const std::size_t max_;
    const std::size_t running_max_;
    mutable std::mutex mutex_;
    std::deque<Connection*> list_;
    std::vector<Waiter*> idle_;
    std::size_t running_ = 0;         // workers that have one and don't wait
    std::uint64_t taken_ = 0;         // connections, ever
    std::uint64_t taken_before_ = 0;  // at the last press()
    std::size_t looking_ = 0;         // workers that are about to take one, unasked
    bool calling_ = false;            // a called worker has not come yet
    bool closed_ = false;
};

}  // namespace shop::http
