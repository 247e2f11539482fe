// The inside of the front: the loop's half is in front_loop.cpp, the workers' half and the life
// cycle in front.cpp.
//
// The loop waits edge-triggered: each connection is registered once, and parking it again after an
// answer costs no system call. An event that comes while a worker has the connection is noted on it
// (Connection::note_event).
//
// Thread safety: the loop thread and the workers share it; each member says whose it is.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/address_limit.hpp"
#include "http/connection.hpp"
#include "http/front.hpp"
#include "http/listener.hpp"
#include "http/work_queue.hpp"

namespace shop::http {

inline const Connection::Refused kQueueFull{503, "there are too many requests", Reject::queue};

class Front::Impl {
public:
    Impl(FrontOptions options, Handler handler, Refusal refusal, OnError on_error);
    ~Impl();

    std::vector<Listener>& listeners() { return listeners_; }
    Result<void> start();
    bool drain(std::chrono::milliseconds deadline);
    FrontStats stats() const;
    bool went_round();

private:
    // --- workers
    void work(WorkQueue& queue);
    void serve(Connection& connection, const WorkQueue& from);
    Response respond(Connection& connection, const WorkQueue& from);
    Response handle(Request& request);
    Response refusal(const Connection::Refused& why);
    void pass_on(Connection& connection, const WorkQueue& from);
    void let_go(Connection& connection);

    // --- both
    void refuse(Connection& connection, const Connection::Refused& why);
    void count(Reject why) { ++rejected_[static_cast<std::size_t>(why)]; }

    // --- the loop
    Result<void> open_loop();
    Result<void> watch(int fd, std::uint64_t tag, std::uint32_t events);
    void run_loop();
    void wait_for_events();
    void dispatch(std::uint64_t tag, std::uint32_t events);
    void accept_all(Listener& listener);
    void admit(Accepted accepted, bool tcp);
    bool lets_in(const Peer& peer);
    void on_event(Connection& connection, std::uint32_t events);
    void resume(Connection& connection);
    void resume_returned();
    void read_input(Connection& connection, bool to_end);
    void read_on(Connection& connection, Progress progress, bool more);
    void write_output(Connection& connection);
    void watch_output(Connection& connection, bool wanted);
    void drain_input(Connection& connection);
    void refuse_and_resume(Connection& connection, const Connection::Refused& why);
    void hand_out();
    void hand_out(std::vector<Connection*>& ready, WorkQueue& queue);
    void press();
    void turn_away(Connection& connection);
    void go_on(Connection& connection);
    bool shed();
    void drop(Connection& connection);
    void uncount(Connection& connection);
    void tick();
    void expire(Connection& connection);
    void begin_drain();
    void close_listeners();
    void end_idle(Connection& connection);
    bool drain_is_over();
    void wake_loop();

    const FrontOptions options_;
    const Handler handler_;
    const Refusal refusal_;
    const OnError on_error_;

    std::vector<Listener> listeners_;
    MemoryBudget memory_;
    WorkQueue queue_;
    WorkQueue vital_queue_;  // has a worker of its own
    std::vector<std::thread> workers_;
    std::thread loop_;
    std::mutex returned_mutex_;
    std::vector<Connection*> returned_;  // by workers, to the loop

    // Of the loop alone
    Socket epoll_;
    Socket wake_;  // an eventfd
    std::vector<std::unique_ptr<Connection>> connections_;
    AddressLimit addresses_;
    std::vector<Connection*> ready_;        // hold a complete request, go to the queue together
    std::vector<Connection*> ready_vital_;  // the same, to the vital queue
    std::vector<Connection*> resumed_;      // what returned_ held
    std::array<char, 64 * 1024> scratch_;
    TimePoint now_;
    TimePoint last_tick_;
    TimePoint last_press_;
    bool pressing_ = false;  // the queue may hold something
    TimePoint drain_began_;
    TimePoint stranger_said_;  // when on_stranger was last called
    bool listening_ = true;
    bool drain_seen_ = false;

    std::atomic<bool> draining_{false};
    TimePoint drain_deadline_;  // set before draining_
    bool drained_ = false;      // set by the loop, read after it has ended

    std::atomic<std::uint64_t> rounds_{0};  // of the loop
    std::uint64_t rounds_seen_ = 0;         // by went_round()

    std::atomic<std::uint64_t> accepted_{0};
    std::atomic<std::uint64_t> requests_{0};
    std::array<std::atomic<std::uint64_t>, kRejectNames.size()> rejected_{};
    std::atomic<std::uint64_t> connection_count_{0};
    std::atomic<std::uint64_t> in_flight_{0};
};

}  // namespace shop::http
