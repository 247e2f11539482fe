// One connection of the front: its channel, what has been received and not yet read, what has to be
// sent, and whose turn it is.
//
// Thread safety: a connection belongs to the front's loop or to one worker at a time, and only the
// owner touches it. It changes hands through hand_to_worker(), park() and reclaim(), which order
// memory; note_event() and with_worker() may be called by the loop at any time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/channel.hpp"
#include "http/front.hpp"
#include "http/memory_budget.hpp"
#include "http/message.hpp"
#include "http/wire.hpp"

namespace shop::http {

using TimePoint = std::chrono::steady_clock::time_point;

enum class Phase : std::uint8_t {
    idle,     // nothing of the next request has come
    head,     // a part of a head may have come
    body,     // the head has come, the body not yet
    serving,  // a request is complete; it waits for a worker or has one
    write,    // the rest of an answer waits for the socket
    linger,  // the last answer is sent; what still comes is thrown away, so that no reset overtakes
             // the answer
    lost,    // nothing can be sent or received any more
};

class Connection {
public:
    Connection(Channel channel, Peer peer, const FrontOptions& options, MemoryBudget& memory,
               TimePoint now);

    // --- whose turn it is
    // From the loop. `more`: the socket may hold input or an end of file that nobody will be told
    // of again.
    void hand_to_worker(bool more);
    // From the worker: the loop waits for the next event. False where one has been noted: the
    // worker keeps the connection and has to give it back.
    bool park();
    // By the loop, on an event: whether a worker has the connection (the event is noted for it
    // then).
    bool note_event();
    bool with_worker() const { return owner_.load(std::memory_order_acquire) != Owner::loop; }
    // By the loop, on a connection that a worker gave back through the loop's list.
    void reclaim() { owner_.store(Owner::loop, std::memory_order_release); }

    // --- input
    // What the socket has, as recv(2).
    ssize_t receive(char* bytes, std::size_t size) { return channel_.receive(bytes, size); }
    // Takes bytes that were received and reads on.
    Progress take(std::string_view bytes);
    // Reads the next request from what has been received; where refused, refusal() says why.
    Progress read_on();
    struct Refused {
        int status = 0;
        std::string reason;
        Reject counted_as = Reject::malformed;
    };
    const Refused& refusal() const { return refused_; }
    // After read_on() was incomplete: sets phase and deadline, tells the client to go on where it
    // asked, and lets large buffers go.
    void await_input(TimePoint now);
    bool empty() const { return start_ == in_.size() && !head_read_; }
    // Whether more than the request that is being served has come.
    bool pipelined() const { return start_ < in_.size(); }

    // --- output
    // Sends what the socket takes at once. Phase afterwards: serving (sent, ready for the next
    // request), write, linger or lost.
    void answer(std::string bytes, bool keep_alive, TimePoint now);
    // Goes on with that when the socket takes more.
    void send_on(TimePoint now);

    int fd() const { return channel_.fd(); }
    const Channel& channel() const { return channel_; }
    // The other side itself; request().peer may be the client behind it.
    const Peer& peer() const { return peer_; }
    // Whether it is a proxy that is believed, as far as is known yet: a handshake may tell more.
    bool trusted() const { return proxy_ || channel_.peer_verified(); }
    Request& request() { return request_; }
    const Head& head() const { return head_; }
    std::size_t answered() const { return answered_; }
    // Whether it counts in the front's memory budget.
    bool holds_memory() const { return !memory_.empty(); }
    // Throws away what was received: the request will not be served.
    void let_input_go();

    Phase phase = Phase::head;
    TimePoint deadline;
    TimePoint moved;        // when bytes last came or went; so how long a whole request has waited
    std::size_t index = 0;  // in the loop's list
    std::size_t thrown_away = 0;    // bytes, while lingering
    bool waits_for_output = false;  // the loop asked epoll for it
    bool counted = false;           // by the limit of its address
    bool surplus =
        false;  // beyond the limit of connections: one vital request is answered, no more

private:
    enum class Owner : std::uint8_t { loop, worker, worker_with_event };

    Progress refuse(int status, std::string reason, Reject counted_as);
    void count_memory();
    void find_client();
    Progress read_head();
    Progress read_body();
    void enter(Phase next, TimePoint until);

    Channel channel_;
    std::atomic<Owner> owner_{Owner::loop};
    const FrontOptions& options_;
    const Peer peer_;
    const bool proxy_;       // known to be one without a certificate
    std::string in_;         // received
    std::size_t start_ = 0;  // of what is unread in in_
    Request request_;
    Head head_;
    bool head_read_ = false;
    bool continue_due_ = false;
    Refused refused_;
    std::string out_;
    std::size_t sent_ = 0;  // of out_
    bool keep_alive_ = true;
    std::size_t answered_ = 0;
    MemoryBudget::Share memory_;
};

}  // namespace shop::http
