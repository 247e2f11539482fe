// The HTTP server: sockets, connections and workers; knows no route and no rule.
//
// One epoll thread accepts, parks idle connections and buffers heads and bodies within their
// limits; a connection takes one of a few worker threads only while a complete request of it is
// being answered. Requests of one connection are answered in order. A full queue, too many
// connections or a draining front answers 503 with Retry-After.
//
// Thread safety: listen_* before start(); then start() and drain() from one thread. The handler
// runs on workers, on several at once. A handler that throws yields 500 without details; the
// exception's text goes to `on_error`.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "http/message.hpp"

namespace shop::http {

struct FrontOptions {
    std::size_t workers =
        16;  // threads that run handlers (they wait for commits, so more than cores)
    std::size_t connections_max = 4096;
    std::size_t queue_max = 1024;  // complete requests that wait for a worker
    std::size_t body_bytes_max = limits::kBodyBytesMax;
    std::chrono::milliseconds head_deadline = limits::kHeadDeadline;
    std::chrono::milliseconds body_deadline = limits::kBodyDeadline;
    std::chrono::milliseconds idle_deadline = limits::kIdleDeadline;
    std::chrono::milliseconds write_deadline = limits::kWriteDeadline;
};

struct FrontStats {
    std::uint64_t accepted = 0;
    std::uint64_t requests = 0;  // handed to the handler
    std::uint64_t rejected = 0;  // refused before the handler: bad heads, limits, deadlines
    std::uint64_t connections = 0;
    std::uint64_t queued = 0;
    std::uint64_t in_flight = 0;
};

class Front {
public:
    using Handler = std::function<Response(Request&)>;
    // Renders a refusal (bad head, overload, …) as a response; `status` and `reason` as in
    // wire.hpp.
    using Refusal = std::function<Response(int status, std::string_view reason)>;
    using OnError = std::function<void(std::string_view text)>;

    Front(FrontOptions options, Handler handler, Refusal refusal, OnError on_error);
    ~Front();  // drains with a short deadline where that was not done
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    // Port 0: the kernel chooses; port() tells. unavailable, with the address in the message, where
    // it is taken.
    Result<void> listen_tcp(const std::string& address, std::uint16_t port);
    // A stale socket file is replaced; one that answers is not (unavailable).
    Result<void> listen_unix(const std::filesystem::path& path, unsigned mode);
    // A listening socket that the service manager passed. Takes ownership of the descriptor.
    Result<void> listen_fd(int fd);
    // Port of the first TCP listener.
    std::uint16_t port() const;

    Result<void> start();
    // Closes the listeners, answers what has arrived (with Connection: close), then ends the
    // threads; after the deadline the rest is cut. Whether everything was answered in time.
    // Handlers that still run then are waited for by the destructor, not here. Takes 30 ms at
    // least: handshakes that have begun are let in, so that no client is reset.
    bool drain(std::chrono::milliseconds deadline);
    FrontStats stats() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace shop::http
