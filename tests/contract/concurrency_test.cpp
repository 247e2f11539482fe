// The contract of Store where closures meet each other, for every engine.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "contract/engines.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

// A thread of which another can tell that it waits for something, or has ended.
class SleepingThread {
public:
    template <class Fn>
    explicit SleepingThread(const Fn& fn)
        : thread_([this, fn] {
              id_ = gettid();
              id_.notify_all();
              fn();
          }) {
        id_.wait(0);
    }
    void wait_until_it_sleeps_or_ends() const {
        for (int i = 0; i < 5000; ++i) {
            if (sleeps_or_has_ended()) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        throw std::runtime_error("the thread goes on and on");
    }
    void join() { thread_.join(); }

private:
    bool sleeps_or_has_ended() const {
        std::ifstream status(fmt::format("/proc/self/task/{}/status", id_.load()));
        try {
            const std::string text{std::istreambuf_iterator<char>(status), {}};
            return text.empty() || text.find("\nState:\tS") != std::string::npos;
        } catch (const std::ios_base::failure&) {
            return true;  // it ended between the opening and the reading
        }
    }

    std::atomic<pid_t> id_ = 0;
    std::thread thread_;
};

}  // namespace

TEST_CASE("store: a snapshot does not see what is committed after its start", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            REQUIRE(put(*f.store, kA, "k", "1"));
            REQUIRE(f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                CHECK(snapshot.get(kA, "k") == "1");
                REQUIRE(put(*f.store, kA, "k", "2"));
                REQUIRE(put(*f.store, kB, "k", "2"));
                CHECK(get(*f.store, kA, "k") == "2");
                CHECK(snapshot.get(kA, "k") == "1");
                CHECK_FALSE(snapshot.get(kB, "k"));
                CHECK(snapshot.count(kB) == 0);
                return {};
            }));
            CHECK(get(*f.store, kA, "k") == "2");
        }
    }
}

TEST_CASE("store: a failing closure rolls back alone while its neighbours are committed",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            constexpr std::size_t kThreads = 24;
            const auto results = write_together(*f.store, kThreads,
                                                [](Transaction& tx, std::size_t i) -> Result<void> {
                                                    tx.put(kA, std::to_string(i), "");
                                                    tx.put(kB, "shared", std::to_string(i));
                                                    if (i % 3 == 1)
                                                        return fail(Code::conflict, "no");
                                                    if (i % 3 == 2) throw std::runtime_error("bug");
                                                    return {};
                                                });
            std::set<std::string> expected;
            for (std::size_t i = 0; i < kThreads; ++i) {
                const auto& result = results[i];
                CHECK(result.has_value() == (i % 3 == 0));
                if (i % 3 == 0) expected.insert(std::to_string(i));
                if (i % 3 == 1) CHECK(result.error().code == Code::conflict);
                if (i % 3 == 2) CHECK(result.error().code == Code::internal);
            }
            std::set<std::string> found;
            for (const auto& [key, value] : scan(*f.store, kA)) found.insert(key);
            CHECK(found == expected);
            CHECK(expected.contains(get(*f.store, kB, "shared").value()));
        }
    }
}

TEST_CASE("store: closures that refuse before they write cost their neighbours nothing",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            const auto before = f.store->stats().changes;
            const auto results =
                write_together(*f.store, 16, [](Transaction& tx, std::size_t i) -> Result<void> {
                    if (i % 2 == 1) return fail(Code::conflict, "no");
                    tx.put(kA, std::to_string(i), "");
                    return {};
                });
            Entries expected;
            for (const auto* key : {"0", "10", "12", "14", "2", "4", "6", "8"})
                expected.emplace_back(key, "");
            CHECK(scan(*f.store, kA) == expected);
            for (std::size_t i = 0; i < results.size(); ++i) {
                CHECK(results[i].has_value() == (i % 2 == 0));
                if (!results[i]) CHECK(results[i].error().code == Code::conflict);
            }
            // write_together's own is one more.
            CHECK(f.store->stats().changes - before == expected.size() + 1);
        }
    }
}

TEST_CASE("store: 32 threads that add to one counter lose nothing", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            constexpr int kThreads = 32;
            constexpr int kRounds = 200;
            std::atomic<int> failed = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < kThreads; ++i) {
                    threads.emplace_back([&] {
                        for (int round = 0; round < kRounds; ++round) {
                            const auto done = f.store->write([](Transaction& tx) -> Result<void> {
                                const auto now = tx.get(kA, "n");
                                tx.put(kA, "n",
                                       std::to_string(now ? std::stoi(std::string(*now)) + 1 : 1));
                                return {};
                            });
                            if (!done) ++failed;
                        }
                    });
                }
            }
            CHECK(failed == 0);
            CHECK(get(*f.store, kA, "n") == std::to_string(kThreads * kRounds));
            const Stats stats = f.store->stats();
            CHECK(stats.changes == kThreads * kRounds);
            CHECK(stats.commits <= stats.changes);
            if (engine.groups_commits) CHECK(stats.commits < stats.changes);
        }
    }
}

TEST_CASE("store: readers in many threads see whole changes while a writer writes", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            REQUIRE(f.store->write([](Transaction& tx) -> Result<void> {
                tx.put(kA, "k", "0");
                tx.put(kB, "k", "0");
                return {};
            }));
            std::atomic<bool> ended = false;
            std::atomic<int> torn = 0;
            std::atomic<int> reads = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 8; ++i) {
                    threads.emplace_back([&] {
                        do {
                            const auto done =
                                f.store->read([&](const Snapshot& snapshot) -> Result<void> {
                                    if (snapshot.get(kA, "k") != snapshot.get(kB, "k")) ++torn;
                                    return {};
                                });
                            if (done) ++reads;
                        } while (!ended);
                    });
                }
                for (int round = 1; round <= 200; ++round) {
                    REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                        tx.put(kA, "k", std::to_string(round));
                        tx.put(kB, "k", std::to_string(round));
                        return {};
                    }));
                }
                ended = true;
            }
            CHECK(torn == 0);
            CHECK(reads >= 8);
        }
    }
}

TEST_CASE("store: closing finishes what is queued", "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            Store& store = *f.store;
            std::atomic<bool> running = false;
            std::atomic<bool> may_end = false;
            Result<void> first = fail(Code::internal, "not called");
            Result<void> second = first;
            std::thread busy([&] {
                first = store.write([&](Transaction& tx) -> Result<void> {
                    running = true;
                    running.notify_all();
                    may_end.wait(false);
                    tx.put(kA, "first", "");
                    return {};
                });
            });
            running.wait(false);
            SleepingThread waiting([&] { second = put(store, kA, "second", ""); });
            waiting.wait_until_it_sleeps_or_ends();
            SleepingThread closing([&] { f.store.reset(); });
            closing.wait_until_it_sleeps_or_ends();
            may_end = true;
            may_end.notify_all();
            busy.join();
            waiting.join();
            closing.join();
            CHECK(first);
            CHECK(second);
            f.reopen();
            CHECK(scan(*f.store, kA).size() == (engine.durable ? 2 : 0));
        }
    }
}

TEST_CASE("store: a closure that is run again starts from nothing and sees what came between",
          "[store]") {
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            StoreFixture f(engine);
            int runs = 0;
            bool left_behind = false;
            std::optional<std::string> neighbour;
            REQUIRE(f.store->write([&](Transaction& tx) -> Result<void> {
                left_behind = left_behind || tx.get(kA, "mine");
                tx.put(kA, "mine", std::to_string(++runs));
                // No engine that reruns keeps others out meanwhile.
                if (engine.reruns && runs == 1)
                    std::thread([&] { (void)put(*f.store, kA, "neighbour", ""); }).join();
                neighbour = tx.get(kA, "neighbour") ? "seen" : "missing";
                return {};
            }));
            CHECK(runs == (engine.reruns ? 2 : 1));
            CHECK_FALSE(left_behind);
            CHECK(neighbour == (engine.reruns ? "seen" : "missing"));
            CHECK(get(*f.store, kA, "mine") == std::to_string(runs));
        }
    }
}
