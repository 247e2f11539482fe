#include "http/front.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cassert>
#include <exception>

#include "http/front_impl.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kConnectionRequestsMax = 10'000;  // then it ends, so that load spreads anew
constexpr std::size_t kVitalMax = 256;                  // health requests that wait
constexpr auto kDestructorDrain = std::chrono::milliseconds(500);

// Signals are for the thread that the process keeps for them, never for the front's.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

// Workers that were pressed, or come back from a commit together, would leave the loop, and health,
// a sixteenth of a processor: with less weight for each of them (nice(2), which counts for threads
// on Linux), these come first, and refuse what is too much in time. No less weight than needed: a
// loop that always comes first brings requests one by one.
void step_back() {
    constexpr int kNice = 2;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace

Front::Front(FrontOptions options, Handler handler, Refusal refusal, OnError on_error)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(refusal),
                                   std::move(on_error))) {}

Front::~Front() = default;

Result<void> Front::listen_tcp(const std::string& address, std::uint16_t port) {
    SHOP_TRY(listener, Listener::tcp(address, port));
    impl_->listeners().push_back(std::move(listener));
    return {};
}

Result<void> Front::listen_unix(const std::filesystem::path& path, unsigned mode) {
    SHOP_TRY(listener, Listener::unix_path(path, mode));
    impl_->listeners().push_back(std::move(listener));
    return {};
}

Result<void> Front::listen_fd(int fd) {
    SHOP_TRY(listener, Listener::adopt(fd));
    impl_->listeners().push_back(std::move(listener));
    return {};
}

std::uint16_t Front::port() const {
    for (const auto& listener : impl_->listeners()) {
        if (listener.port() != 0) return listener.port();
    }
    return 0;
}

Result<void> Front::start() { return impl_->start(); }
bool Front::drain(std::chrono::milliseconds deadline) { return impl_->drain(deadline); }
FrontStats Front::stats() const { return impl_->stats(); }
bool Front::went_round() { return impl_->went_round(); }

Front::Impl::Impl(FrontOptions options, Handler handler, Refusal refusal, OnError on_error)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      refusal_(std::move(refusal)),
      on_error_(std::move(on_error)),
      memory_(options_.buffered_bytes_max),
      queue_(options_.queue_max),
      vital_queue_(kVitalMax),
      addresses_(options_.connections_per_address_max) {}

Front::Impl::~Impl() {
    drain(kDestructorDrain);
    for (auto& worker : workers_) worker.join();
    for (auto& listener : listeners_) listener.withdraw();
}

Result<void> Front::Impl::start() {
    assert(!listeners_.empty() && !loop_.joinable());
    SHOP_CHECK(open_loop());
    const SignalsBlocked blocked;
    loop_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "front");  // for whoever looks at a hanging daemon
        run_loop();
    });
    for (std::size_t i = 0; i < options_.workers; ++i)
        workers_.emplace_back([this] {
            step_back();
            work(queue_);
        });
    workers_.emplace_back([this] { work(vital_queue_); });
    return {};
}

bool Front::Impl::drain(std::chrono::milliseconds deadline) {
    if (loop_.joinable()) {
        drain_deadline_ = std::chrono::steady_clock::now() + deadline;
        draining_ = true;
        wake_loop();
        loop_.join();
        queue_.close();
        vital_queue_.close();
    }
    return drained_;
}

FrontStats Front::Impl::stats() const {
    FrontStats stats;
    stats.accepted = accepted_;
    stats.requests = requests_;
    stats.connections = connection_count_;
    for (std::size_t i = 0; i < rejected_.size(); ++i) stats.rejected[i] = rejected_[i];
    stats.queued = queue_.size();
    stats.in_flight = in_flight_;
    return stats;
}

bool Front::Impl::went_round() {
    const std::uint64_t rounds = rounds_;
    const bool moved = rounds != rounds_seen_;
    rounds_seen_ = rounds;
    wake_loop();
    return moved;
}

void Front::Impl::work(WorkQueue& queue) {
    WorkQueue::Worker worker(queue);
    while (Connection* connection = worker.next()) serve(*connection, queue);
}

void Front::Impl::serve(Connection& connection, const WorkQueue& from) {
    Progress progress = Progress::complete;
    while (progress == Progress::complete) {
        const bool to_head = connection.request().method == "HEAD";
        const Response response = respond(connection, from);
        const bool keep_alive = connection.head().keep_alive && !response.close &&
                                !connection.surplus && (!draining_ || connection.pipelined()) &&
                                connection.answered() + 1 < kConnectionRequestsMax;
        connection.answer(write_response(response, keep_alive, to_head), keep_alive,
                          std::chrono::steady_clock::now());
        if (connection.phase != Phase::serving) return let_go(connection);
        progress = connection.read_on();
        if (progress == Progress::complete && (&from == &vital_queue_ || queue_.size() > 0)) {
            return pass_on(connection, from);
        }
    }
    if (progress == Progress::refused) {
        refuse(connection, connection.refusal());
    } else {
        connection.await_input(std::chrono::steady_clock::now());
    }
    let_go(connection);
}

Response Front::Impl::respond(Connection& connection, const WorkQueue& from) {
    const auto waited = std::chrono::steady_clock::now() - connection.moved;
    // A drain ends soon, and fails nobody.
    if (&from == &queue_ && waited > options_.queue_time_max && !draining_)
        return refusal(kQueueFull);
    return handle(connection.request());
}

Response Front::Impl::handle(Request& request) {
    ++requests_;
    ++in_flight_;
    Response response;
    try {
        response = handler_(request);
    } catch (const std::exception& error) {
        on_error_(error.what());
        response = refusal_(500, "the request could not be handled");
    } catch (...) {
        on_error_("a handler threw something that is no std::exception");
        response = refusal_(500, "the request could not be handled");
    }
    --in_flight_;
    return response;
}

// A further request of a connection waits its turn, and never for the vital queue's worker.
void Front::Impl::pass_on(Connection& connection, const WorkQueue& from) {
    if (&from == &queue_) return queue_.push_again(connection);
    if (queue_.push({&connection}) == 1) return;
    refuse(connection, kQueueFull);
    let_go(connection);
}

// To the loop: silently where it only has to wait for the next event, else through its list.
void Front::Impl::let_go(Connection& connection) {
    const bool waits = connection.phase != Phase::write && connection.phase != Phase::lost;
    if (waits && connection.park()) return;
    {
        const std::lock_guard lock(returned_mutex_);
        returned_.push_back(&connection);
    }
    wake_loop();
}

Response Front::Impl::refusal(const Connection::Refused& why) {
    count(why.counted_as);
    Response response = refusal_(why.status, why.reason);
    if ((why.status == 503 || why.status == 429) && !response.headers.get("retry-after")) {
        response.headers.add("retry-after", "1");
    }
    return response;
}

void Front::Impl::refuse(Connection& connection, const Connection::Refused& why) {
    const bool to_head = connection.request().method == "HEAD";
    connection.answer(write_response(refusal(why), false, to_head), false,
                      std::chrono::steady_clock::now());
}

}  // namespace shop::http
