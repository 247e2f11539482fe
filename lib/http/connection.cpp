#include "http/connection.hpp"

#include <algorithm>
#include <cerrno>

#include "base/limits.hpp"
#include "http/forwarded.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kParkedBytesMax = 4096;  // buffer that an idle connection keeps
constexpr auto kLingerDeadline = std::chrono::seconds(2);

// Assigning an empty string would keep the memory (libstdc++ copies a short one into it).
void release(std::string& buffer) { std::string().swap(buffer); }

Reject counted_as(int status) {
    return status == 413 || status == 414 || status == 431 ? Reject::too_large : Reject::malformed;
}

}  // namespace

Connection::Connection(Channel channel, Peer peer, const FrontOptions& options,
                       MemoryBudget& memory, TimePoint now)
    : deadline(now + options.head_deadline),
      moved(now),
      channel_(std::move(channel)),
      options_(options),
      peer_(std::move(peer)),
      proxy_(is_proxy(peer_, options.trusted_proxies)),
      memory_(memory) {
    request_.peer = peer_;
}

void Connection::hand_to_worker(bool more) {
    phase = Phase::serving;
    owner_.store(more ? Owner::worker_with_event : Owner::worker, std::memory_order_release);
}

bool Connection::park() {
    auto expected = Owner::worker;
    return owner_.compare_exchange_strong(expected, Owner::loop, std::memory_order_acq_rel);
}

bool Connection::note_event() {
    auto current = owner_.load(std::memory_order_acquire);
    while (current == Owner::worker) {
        if (owner_.compare_exchange_weak(current, Owner::worker_with_event,
                                         std::memory_order_acq_rel)) {
            return true;
        }
    }
    return current != Owner::loop;
}

Progress Connection::take(std::string_view bytes) {
    if (head_read_) {
        const auto missing = head_.content_length - request_.body.size();
        const auto part = std::min(missing, bytes.size());
        request_.body.append(bytes.substr(0, part));
        bytes.remove_prefix(part);
    }
    // A head is read again only when a line of it has come to its end: a client that sends it byte
    // by byte costs no more than its lines.
    const bool worth_reading = head_read_ || empty() ||
                               bytes.find('\n') != std::string_view::npos ||
                               in_.size() - start_ + bytes.size() >= limits::kHeadBytesMax;
    in_.erase(0, std::exchange(start_, 0));
    in_.append(bytes);
    const Progress progress = worth_reading ? read_on() : Progress::incomplete;
    count_memory();
    return progress;
}

// Capacities: what a string has let go of in size it still holds.
void Connection::count_memory() {
    memory_.set(in_.capacity() + request_.body.capacity() + out_.capacity());
}

void Connection::let_input_go() {
    release(in_);
    start_ = 0;
    release(request_.body);
    count_memory();
}

Progress Connection::read_on() {
    if (!head_read_) {
        const Progress progress = read_head();
        if (progress != Progress::complete) return progress;
    }
    return read_body();
}

Progress Connection::read_head() {
    if (start_ == in_.size()) return Progress::incomplete;
    HeadResult result = read_request_head(std::string_view(in_).substr(start_), request_);
    if (result.progress == Progress::refused) {
        return refuse(result.status, std::move(result.reason), counted_as(result.status));
    }
    if (result.progress == Progress::incomplete) return Progress::incomplete;
    head_ = result.head;
    start_ += head_.bytes;
    if (head_.content_length > options_.body_bytes_max &&
        head_.content_length > options_.body_bytes_of(request_))
        return refuse(413, "the body is too large", Reject::too_large);
    head_read_ = true;
    find_client();
    request_.body.clear();
    continue_due_ = head_.expect_continue;
    return Progress::complete;
}

// For each request anew: a proxy brings many clients over one connection.
void Connection::find_client() {
    if (!trusted()) return;
    auto client = forwarded_client(request_.headers);
    request_.peer = client ? Peer{*std::move(client), std::nullopt} : peer_;
}

Progress Connection::read_body() {
    const auto missing = head_.content_length - request_.body.size();
    const auto part = std::min(missing, in_.size() - start_);
    request_.body.append(in_, start_, part);
    start_ += part;
    if (start_ == in_.size()) {
        // Where more of the body is to come, it goes past this buffer.
        if (part < missing && in_.capacity() > kParkedBytesMax) release(in_);
        in_.clear();
        start_ = 0;
    }
    return part == missing ? Progress::complete : Progress::incomplete;
}

Progress Connection::refuse(int status, std::string reason, Reject counted_as) {
    refused_ = {status, std::move(reason), counted_as};
    return Progress::refused;
}

void Connection::enter(Phase next, TimePoint until) {
    if (phase == next) return;
    phase = next;
    deadline = until;
}

void Connection::await_input(TimePoint now) {
    if (head_read_) {
        enter(Phase::body, now + options_.body_deadline);
        if (!continue_due_ || !request_.body.empty()) return;
        continue_due_ = false;
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto sent = channel_.send(kContinue);
        if (sent != static_cast<ssize_t>(kContinue.size())) phase = Phase::lost;
        return;
    }
    // A handshake is a part of the first head's time.
    if (!empty() || !channel_.established())
        return enter(Phase::head, now + options_.head_deadline);
    enter(Phase::idle, now + options_.idle_deadline);
    if (in_.capacity() > kParkedBytesMax) release(in_);
    if (request_.body.capacity() > kParkedBytesMax) release(request_.body);
    count_memory();
}

void Connection::answer(std::string bytes, bool keep_alive, TimePoint now) {
    out_ = std::move(bytes);
    sent_ = 0;
    keep_alive_ = keep_alive;
    ++answered_;
    head_read_ = false;
    send_on(now);
}

void Connection::send_on(TimePoint now) {
    while (sent_ < out_.size()) {
        const auto count = channel_.send(std::string_view(out_).substr(sent_));
        if (count >= 0) {
            sent_ += static_cast<std::size_t>(count);
            moved = now;
        } else if (errno == EAGAIN) {
            count_memory();
            return enter(Phase::write, now + options_.write_deadline);
        } else if (errno != EINTR) {
            phase = Phase::lost;
            return;
        }
    }
    release(out_);
    if (keep_alive_) {
        phase = Phase::serving;
        return;
    }
    channel_.shut_writing();
    enter(Phase::linger, now + kLingerDeadline);
}

}  // namespace shop::http
