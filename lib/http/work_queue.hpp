// The bounded queue of connections that hold a complete request, and where workers wait for them.
//
// The worker that went idle last is woken first (its stack is still in the cache), and one at a
// time: a woken worker wakes the next while there is more to do. So short handlers keep few threads
// busy, and slow ones get them all.
//
// Thread safety: any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace shop::http {

class Connection;

class WorkQueue {
public:
    explicit WorkQueue(std::size_t max) : max_(max) {}

    // Takes as many from the front of `ready` as fit; returns how many those are.
    std::size_t push(const std::vector<Connection*>& ready);
    // A worker's connection that holds a further request: to the end, for fairness, whatever the
    // bound.
    void push_again(Connection& connection);
    // Waits for one; nullptr once the queue is closed.
    Connection* pop();
    // What waits is dropped.
    void close();
    std::size_t size() const;

private:
    struct Waiter {
        std::condition_variable called_cv;
        bool called = false;
    };
    void call_one();

    const std::size_t max_;
    mutable std::mutex mutex_;
    std::deque<Connection*> list_;
    std::vector<Waiter*> idle_;
    bool calling_ = false;  // a called worker has not come yet
    bool closed_ = false;
};

}  // namespace shop::http
