#include "http/work_queue.hpp"

#include <functional>
#include <thread>

#include "http/connection.hpp"
#include "unit/http/raw.hpp"

using namespace shop::http;
using namespace shop::http::test;

namespace {

MemoryBudget memory(1 << 20);
const FrontOptions kOptions;

struct Idle : Connection {
    Idle() : Connection({}, {}, kOptions, memory, {}) {}
};

}  // namespace

TEST_CASE("WorkQueue: one push wakes as many workers as there are requests") {
    WorkQueue queue(10, 3);
    std::array<Idle, 3> connections;
    std::atomic<int> taken{0};
    std::vector<std::thread> workers;
    // Each takes one and does not come back, as with slow handlers.
    for (std::size_t i = 0; i < connections.size(); ++i) {
        workers.emplace_back([&] {
            WorkQueue::Worker worker(queue);
            taken += worker.next() != nullptr ? 1 : 0;
        });
    }
    ::usleep(20'000);
    CHECK(queue.push({&connections[0], &connections[1], &connections[2]}) == 3);
    CHECK(eventually([&] { return taken == 3; }));
    queue.close();
    for (auto& worker : workers) worker.join();
}

TEST_CASE("WorkQueue: takes what fits, in order, and gives nothing once closed") {
    WorkQueue queue(2);
    std::array<Idle, 3> connections;
    CHECK(queue.push({&connections[0], &connections[1], &connections[2]}) == 2);
    queue.push_again(connections[2]);
    CHECK(queue.size() == 3);
    CHECK(queue.push({&connections[0]}) == 0);
    WorkQueue::Worker worker(queue);
    for (auto& connection : connections) CHECK(worker.next() == &connection);
    queue.push_again(connections[0]);
    queue.close();
    CHECK(worker.next() == nullptr);
}

namespace {

// Four workers at a queue that lets two run: each takes one, then does `what` until told to end.
class FourWorkers {
public:
    explicit FourWorkers(std::function<void(const std::atomic<bool>& ends)> what) {
        for (int i = 0; i < 4; ++i) {
            threads_.emplace_back([this, what] {
                WorkQueue::Worker worker(queue);
                while (worker.next() != nullptr) {
                    ++taken;
                    what(ends_);
                }
            });
        }
        ::usleep(20'000);
        queue.push({&connections_[0], &connections_[1], &connections_[2], &connections_[3]});
    }
    ~FourWorkers() {
        ends_ = true;
        queue.close();
        for (auto& thread : threads_) thread.join();
    }
    FourWorkers(const FourWorkers&) = delete;
    FourWorkers& operator=(const FourWorkers&) = delete;

    bool stays_at(int count) {
        if (!eventually([&] { return taken == count; })) return false;
        ::usleep(50'000);
        return taken == count;
    }

    WorkQueue queue{10, 2};
    std::atomic<int> taken{0};

private:
    std::array<Idle, 4> connections_;
    std::atomic<bool> ends_{false};
    std::vector<std::thread> threads_;
};

void sleep_until(const std::atomic<bool>& ends) {
    while (!ends) ::usleep(1000);
}

}  // namespace

TEST_CASE("WorkQueue: no more workers run than may, and a press lets one more") {
    FourWorkers four(sleep_until);
    CHECK(four.stays_at(2));
    // The first look finds that some were taken since the one before it.
    CHECK(four.queue.press());
    CHECK(four.stays_at(2));
    CHECK(four.queue.press());
    CHECK(four.stays_at(3));
    four.queue.press();
    four.queue.press();
    CHECK(four.stays_at(4));
    CHECK_FALSE(four.queue.press());
}

TEST_CASE("WorkQueue: one that waits lets another run") {
    const FourWorkers four([](const std::atomic<bool>& ends) {
        const shop::Waiting waiting;
        const shop::Waiting nested;  // counts once
        sleep_until(ends);
    });
    CHECK(eventually([&] { return four.taken == 4; }));
}
