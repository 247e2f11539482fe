// The HTTP server: sockets, connections and workers; knows no route and no rule.
//
// One epoll thread accepts, parks idle connections and buffers heads and bodies within their
// limits; a connection takes one of a few worker threads only while a complete request of it is
// being answered. Requests of one connection are answered in order. A full queue, a
// request that waited in it too long, too many connections, too many bytes in memory or a draining
// front answers 503 with Retry-After, too many connections of one address 429. Vital requests
// (health) have a worker and a queue of their own and are answered on connections beyond the limit
// too.
//
// Thread safety: listen_* before start(); then start() and drain() from one thread. The handler
// runs on workers, on several at once. A handler that throws yields 500 without details; the
// exception's text goes to `on_error`.
#pragma once

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "http/message.hpp"
#include "http/reject.hpp"

namespace shop::http {

class TlsServer;

struct FrontOptions {
    std::size_t workers =
        16;  // threads that run handlers (they wait for commits, so more than cores)
    std::size_t connections_max = 4096;
    std::size_t connections_per_address_max = 0;  // see address_limit.hpp; 0: no limit
    std::size_t queue_max = 1024;                 // complete requests that wait for a worker
    // A request that has waited longer is refused when its turn comes: whoever asked has mostly
    // gone by then, and an overloaded front would answer nobody else.
    std::chrono::milliseconds queue_time_max{1000};
    std::size_t body_bytes_max = limits::kBodyBytesMax;
    // What a request may bring by its head, where that is more. Runs on the loop: no more than a
    // look.
    std::function<std::size_t(const Request&)> body_bytes_of = [](const Request&) { return 0; };
    std::size_t buffered_bytes_max = std::size_t{64} * 1024 * 1024;  // see memory_budget.hpp
    std::chrono::milliseconds head_deadline = limits::kHeadDeadline;
    std::chrono::milliseconds body_deadline = limits::kBodyDeadline;
    std::chrono::milliseconds idle_deadline = limits::kIdleDeadline;
    std::chrono::milliseconds write_deadline = limits::kWriteDeadline;
    // Whose processes may come over Unix sockets. A connection of anybody else is closed before a
    // byte of it is read; `on_stranger` hears of it, on the loop, once a second at most.
    std::vector<unsigned> socket_uids = {0, ::geteuid()};
    std::function<void(unsigned uid)> on_stranger = [](unsigned) {};
    // Proxies that are believed what they say of their clients, see forwarded.hpp: these addresses
    // (as canonical_address() gives them), beside everybody on a Unix socket and whoever has shown
    // a certificate that `tls` takes. They are not counted by connections_per_address_max.
    std::vector<std::string> trusted_proxies = {};
    // Where it is given, TCP is spoken to over TLS only; Unix sockets are not.
    std::shared_ptr<const TlsServer> tls = nullptr;
    // Requests that are answered under overload, too. Runs on the loop: no more than a look.
    std::function<bool(const Request&)> vital = [](const Request&) { return false; };
};

struct FrontStats {
    std::uint64_t accepted = 0;
    std::uint64_t requests = 0;  // handed to the handler
    std::uint64_t connections = 0;
    std::uint64_t queued = 0;
    std::uint64_t in_flight = 0;
    std::array<std::uint64_t, kRejectNames.size()> rejected{};  // before the handler, by Reject
    std::uint64_t rejected_for(Reject why) const { return rejected[static_cast<std::size_t>(why)]; }
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
    // Whether the loop has gone round since the last call, or since start(): one that hangs has
    // not. Wakes it, so that one that has nothing to do goes round before the next call. From one
    // thread.
    bool went_round();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace shop::http
