#include "http/work_queue.hpp"

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
    WorkQueue queue(10);
    std::array<Idle, 3> connections;
    std::atomic<int> taken{0};
    std::vector<std::thread> workers;
    // Each takes one and does not come back, as with slow handlers.
    for (std::size_t i = 0; i < connections.size(); ++i) {
        workers.emplace_back([&] { taken += queue.pop() != nullptr ? 1 : 0; });
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
    for (auto& connection : connections) CHECK(queue.pop() == &connection);
    queue.push_again(connections[0]);
    queue.close();
    CHECK(queue.pop() == nullptr);
}
