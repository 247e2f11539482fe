// The loop of the front: accepts, parks, reads, times out, drains.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "http/front_impl.hpp"
#include "http/tls.hpp"

namespace shop::http {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 250ms;  // how exactly deadlines are kept
constexpr auto kPress = 2ms;   // nothing was taken from the queue for so long
constexpr auto kDrainTick = 10ms;
constexpr auto kDrainAccept = 30ms;  // for handshakes that had begun
constexpr auto kDrainIdle = 100ms;   // a request may be on its way on a connection that looks idle
constexpr auto kDrainFresh = 500ms;  // and is, on one that has just been accepted
constexpr auto kDrainLinger = 200ms;
constexpr std::size_t kLingerBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kRefusalsMax =
    256;  // connections beyond the bound that are told so, or asked for health, at one time
constexpr auto kSurplusDeadline = 1s;  // for the head of a connection beyond the bound
constexpr auto kStrangerPause = 1s;
constexpr std::uint32_t kInput = EPOLLIN | EPOLLRDHUP | EPOLLET;

// What an event belongs to: 0 the eventfd, then the listeners by their index, else a connection by
// its address.
constexpr std::uint64_t kWakeTag = 0;
constexpr std::uint64_t kFirstListenerTag = 1;

const Connection::Refused kTooManyConnections{503, "there are too many connections",
                                              Reject::connections};
const Connection::Refused kTooManyOfAddress{429, "there are too many connections from your address",
                                            Reject::address};
const Connection::Refused kTooMuchMemory{503, "too many large requests are being received",
                                         Reject::memory};
const Connection::Refused kSlowHead{408, "the head came too slowly", Reject::slow};
const Connection::Refused kSlowBody{408, "the body came too slowly", Reject::slow};

std::uint64_t tag_of(const Connection& connection) {
    return reinterpret_cast<std::uintptr_t>(&connection);
}

}  // namespace

Result<void> Front::Impl::open_loop() {
    epoll_ = Socket(::epoll_create1(EPOLL_CLOEXEC));
    wake_ = Socket(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    SHOP_CHECK(watch(wake_.fd(), kWakeTag, EPOLLIN));
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        SHOP_CHECK(watch(listeners_[i].fd(), kFirstListenerTag + i, EPOLLIN | EPOLLET));
    }
    return {};
}

Result<void> Front::Impl::watch(int fd, std::uint64_t tag, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    if (::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
    return fail(Code::unavailable, "cannot wait for connections: " + error_text(errno));
}

void Front::Impl::run_loop() {
    now_ = last_tick_ = std::chrono::steady_clock::now();
    while (!drain_is_over()) {
        ++rounds_;
        wait_for_events();
        resume_returned();
        hand_out();
        press();
        while (memory_.passed() && shed()) {
        }
        if (draining_ && !drain_seen_) begin_drain();
        if (now_ - last_tick_ >= (drain_seen_ ? kDrainTick : kTick)) tick();
    }
}

void Front::Impl::wait_for_events() {
    std::array<epoll_event, 256> events;
    const auto patience = drain_seen_ ? kDrainTick : kTick;
    int timeout = static_cast<int>(patience.count());
    if (connections_.empty() && !drain_seen_) timeout = -1;
    if (pressing_) timeout = static_cast<int>(kPress.count());
    if (!ready_.empty() || !ready_vital_.empty()) timeout = 0;
    const int count = ::epoll_wait(epoll_.fd(), events.data(), events.size(), timeout);
    now_ = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        dispatch(event.data.u64, event.events);
    }
}

void Front::Impl::dispatch(std::uint64_t tag, std::uint32_t events) {
    if (tag == kWakeTag) {
        std::uint64_t count = 0;
        while (::read(wake_.fd(), &count, sizeof count) < 0 && errno == EINTR) {
        }
    } else if (tag < kFirstListenerTag + listeners_.size()) {
        accept_all(listeners_[tag - kFirstListenerTag]);
    } else {
        on_event(*reinterpret_cast<Connection*>(tag), events);
    }
}

void Front::Impl::accept_all(Listener& listener) {
    if (!listening_) return;
    while (auto accepted = listener.accept()) admit(*std::move(accepted), listener.port() != 0);
}

// A Unix socket's peer has to be of a user who may come; one whose user nobody knows is of none.
bool Front::Impl::lets_in(const Peer& peer) {
    if (peer.address != "unix") return true;
    const auto& may = options_.socket_uids;
    if (peer.uid && std::ranges::find(may, *peer.uid) != may.end()) return true;
    count(Reject::user);
    if (now_ - stranger_said_ >= kStrangerPause) {
        stranger_said_ = now_;
        options_.on_stranger(peer.uid.value_or(static_cast<unsigned>(-1)));
    }
    return false;
}

void Front::Impl::admit(Accepted accepted, bool tcp) {
    if (!lets_in(accepted.peer)) return;
    if (connections_.size() >= options_.connections_max + kRefusalsMax) {
        count(Reject::connections);
        return;
    }
    Channel channel = tcp && options_.tls ? options_.tls->accept(std::move(accepted.socket))
                                          : Channel(std::move(accepted.socket));
    auto owned = std::make_unique<Connection>(std::move(channel), std::move(accepted.peer),
                                              options_, memory_, now_);
    Connection& connection = *owned;
    if (!watch(connection.fd(), tag_of(connection), kInput)) return;
    connection.index = connections_.size();
    connections_.push_back(std::move(owned));
    connection_count_ = connections_.size();
    ++accepted_;
    connection.counted = !connection.trusted() && addresses_.enter(connection.peer());
    if (!connection.counted && !connection.trusted())
        return refuse_and_resume(connection, kTooManyOfAddress);
    connection.surplus = connections_.size() > options_.connections_max;
    if (connection.surplus) connection.deadline = now_ + kSurplusDeadline;
}

void Front::Impl::on_event(Connection& connection, std::uint32_t events) {
    if (connection.note_event()) return;
    if (connection.phase == Phase::write) {
        write_output(connection);
    } else if (connection.phase == Phase::linger) {
        drain_input(connection);
    } else {
        read_input(connection, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
    }
}

// Goes on with a connection wherever it stands.
void Front::Impl::resume(Connection& connection) {
    switch (connection.phase) {
        case Phase::lost:
            return drop(connection);
        case Phase::write:
            return write_output(connection);
        case Phase::linger:
            return drain_input(connection);
        default:
            return read_input(connection, true);
    }
}

void Front::Impl::resume_returned() {
    {
        const std::lock_guard lock(returned_mutex_);
        resumed_.swap(returned_);
    }
    for (Connection* connection : resumed_) {
        connection->reclaim();
        resume(*connection);
    }
    resumed_.clear();
}

// `to_end`: until the socket has nothing left; otherwise a read that does not fill the buffer is
// taken for the last, since the next bytes raise a new event. TLS gives a record at a time, and so
// never fills it.
void Front::Impl::read_input(Connection& connection, bool to_end) {
    to_end = to_end || connection.channel().secure();
    while (true) {
        const auto count = connection.receive(scratch_.data(), scratch_.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count <= 0) return drop(connection);
        const auto bytes = static_cast<std::size_t>(count);
        connection.moved = now_;
        const Progress progress = connection.take({scratch_.data(), bytes});
        const bool more = to_end || bytes == scratch_.size();
        if (progress != Progress::incomplete) return read_on(connection, progress, more);
        if (!more) break;
    }
    connection.await_input(now_);
    if (connection.phase == Phase::lost) return drop(connection);
    watch_output(connection, connection.channel().receive_waits_for() == POLLOUT);
}

// A request has come to its end, good or bad.
void Front::Impl::read_on(Connection& connection, Progress progress, bool more) {
    if (progress == Progress::refused) {
        return refuse_and_resume(connection, connection.refusal());
    }
    // A proxy's certificate is known now.
    if (connection.trusted()) uncount(connection);
    const bool vital = options_.vital(connection.request());
    if (connection.surplus && !vital) return refuse_and_resume(connection, kTooManyConnections);
    connection.hand_to_worker(more);
    (vital ? ready_vital_ : ready_).push_back(&connection);
}

// Connections whose requests fit into the queue go there; the others are told that there are too
// many.
void Front::Impl::hand_out() {
    if (!ready_.empty() && !pressing_) {
        pressing_ = true;
        last_press_ = now_;
    }
    hand_out(ready_, queue_);
    hand_out(ready_vital_, vital_queue_);
}

void Front::Impl::hand_out(std::vector<Connection*>& ready, WorkQueue& queue) {
    if (ready.empty()) return;
    const auto taken = static_cast<std::ptrdiff_t>(queue.push(ready));
    const std::vector<Connection*> left(ready.begin() + taken, ready.end());
    ready.clear();
    for (Connection* connection : left) turn_away(*connection);
}

// See work_queue.hpp: workers that don't say that they wait.
void Front::Impl::press() {
    if (!pressing_ || now_ - last_press_ < kPress) return;
    last_press_ = now_;
    pressing_ = queue_.press();
}

// The request is refused; its connection goes on, as a new one would cost both sides more.
void Front::Impl::turn_away(Connection& connection) {
    connection.reclaim();
    const bool keep_alive = connection.head().keep_alive && !connection.surplus && !draining_;
    const bool to_head = connection.request().method == "HEAD";
    connection.answer(write_response(refusal(kQueueFull), keep_alive, to_head), keep_alive, now_);
    go_on(connection);
}

// After an answer that the loop has sent, or tried to.
void Front::Impl::go_on(Connection& connection) {
    if (connection.phase != Phase::serving) return resume(connection);
    const Progress progress = connection.read_on();
    if (progress != Progress::incomplete) return read_on(connection, progress, true);
    read_input(connection, true);
}

void Front::Impl::write_output(Connection& connection) {
    connection.send_on(now_);
    const bool waits = connection.phase == Phase::write;
    watch_output(connection, waits);
    if (!waits) go_on(connection);
}

void Front::Impl::watch_output(Connection& connection, bool wanted) {
    if (wanted == connection.waits_for_output) return;
    epoll_event event{};
    event.events = wanted ? kInput | EPOLLOUT : kInput;
    event.data.u64 = tag_of(connection);
    ::epoll_ctl(epoll_.fd(), EPOLL_CTL_MOD, connection.fd(), &event);
    connection.waits_for_output = wanted;
}

void Front::Impl::drain_input(Connection& connection) {
    while (connection.thrown_away < kLingerBytesMax) {
        const auto count = ::recv(connection.fd(), scratch_.data(), scratch_.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) break;
        connection.thrown_away += static_cast<std::size_t>(count);
    }
    drop(connection);
}

// Ends the connection that has gone longest without a byte of those that hold memory, whether it
// sends or reads too slowly: one that makes progress is the last to suffer. False where there is
// none but what workers have.
bool Front::Impl::shed() {
    Connection* oldest = nullptr;
    for (const auto& owned : connections_) {
        if (owned->with_worker() || !owned->holds_memory() || owned->phase == Phase::linger)
            continue;
        if (oldest == nullptr || owned->moved < oldest->moved) oldest = owned.get();
    }
    if (oldest == nullptr) return false;
    if (oldest->phase == Phase::write) {
        count(Reject::memory);
        drop(*oldest);
    } else {
        oldest->let_input_go();
        refuse_and_resume(*oldest, kTooMuchMemory);
    }
    return true;
}

void Front::Impl::refuse_and_resume(Connection& connection, const Connection::Refused& why) {
    refuse(connection, why);
    resume(connection);
}

void Front::Impl::uncount(Connection& connection) {
    if (std::exchange(connection.counted, false)) addresses_.leave(connection.peer());
}

void Front::Impl::drop(Connection& connection) {
    uncount(connection);
    const std::size_t index = connection.index;
    std::swap(connections_[index], connections_.back());
    connections_[index]->index = index;
    connections_.pop_back();
    connection_count_ = connections_.size();
}

// Deadlines of all connections, from the end: drop() fills a gap with the last.
void Front::Impl::tick() {
    last_tick_ = now_;
    pressing_ = pressing_ || queue_.size() > 0;  // a worker brought one
    for (std::size_t i = connections_.size(); i-- > 0;) {
        if (connections_[i]->with_worker()) continue;
        Connection& connection = *connections_[i];
        if (now_ >= connection.deadline) {
            expire(connection);
        } else if (drain_seen_) {
            end_idle(connection);
        }
    }
    hand_out();
    // Where descriptors ran out, connections may still wait without a new event.
    for (auto& listener : listeners_) accept_all(listener);
    if (drain_seen_ && listening_ && now_ - drain_began_ >= kDrainAccept) close_listeners();
}

void Front::Impl::close_listeners() {
    listening_ = false;
    for (auto& listener : listeners_) {
        // Closing does not do that where the service manager holds the socket, too.
        ::epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, listener.fd(), nullptr);
        listener.close();
    }
}

void Front::Impl::expire(Connection& connection) {
    const bool asked = !connection.empty();
    if (connection.phase == Phase::head && connection.surplus) {
        return refuse_and_resume(connection, kTooManyConnections);
    }
    if (connection.phase == Phase::head && asked) return refuse_and_resume(connection, kSlowHead);
    if (connection.phase == Phase::body) return refuse_and_resume(connection, kSlowBody);
    if (connection.phase == Phase::write) count(Reject::slow);
    drop(connection);
}

void Front::Impl::begin_drain() {
    drain_seen_ = true;
    drain_began_ = now_;
    for (auto& listener : listeners_) listener.withdraw();
}

// While draining: a connection that holds nothing of a request ends, once what may be on its way
// has had its time.
void Front::Impl::end_idle(Connection& connection) {
    const auto passed = now_ - drain_began_;
    if (connection.phase == Phase::linger) {
        connection.deadline = std::min(connection.deadline, now_ + kDrainLinger);
    } else if (connection.empty() && connection.phase != Phase::write &&
               passed >= (connection.answered() > 0 ? kDrainIdle : kDrainFresh)) {
        connection.deadline = now_;
        read_input(connection, true);
    }
}

bool Front::Impl::drain_is_over() {
    if (!drain_seen_) return false;
    if (connections_.empty() && !listening_) {
        drained_ = true;
        return true;
    }
    if (now_ < drain_deadline_) return false;
    for (const auto& connection : connections_) ::shutdown(connection->fd(), SHUT_RDWR);
    return true;
}

void Front::Impl::wake_loop() {
    const std::uint64_t one = 1;
    while (::write(wake_.fd(), &one, sizeof one) < 0 && errno == EINTR) {
    }
}

}  // namespace shop::http
