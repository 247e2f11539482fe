// HTTP calls to our own daemons (or the gateway before them): kept-alive connections over TCP or a
// Unix socket, a deadline for the whole call, no redirects, no cookies, no proxies.
//
// Thread safety: a Client may be shared; each call takes a connection of its own from the pool.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace shop::http {

struct ClientOptions {
    std::chrono::milliseconds deadline{2000};  // of one attempt, from connecting to the last byte
    // Total time for retries; 0: one attempt. A call is repeated (with a jittered back-off) when
    // the connection failed, the answer was 503 or 429, and `repeatable` says so.
    std::chrono::milliseconds retry_for{0};
    std::size_t answer_bytes_max = 64 * 1024 * 1024;
    std::size_t idle_connections_max = 32;
};

class Client {
public:
    // "http://127.0.0.1:5002" or "unix:/run/shop/productd.sock". invalid_argument for other
    // schemes.
    static Result<std::unique_ptr<Client>> make(std::string_view url, ClientOptions options);
    virtual ~Client() = default;

    // Fills Host and Content-Length. An HTTP status of any kind is a success here; unavailable
    // where no connection could be had or it was lost, timeout where the deadline passed; the
    // message names the address. `repeatable`: the same call twice does the work once (GET, PUT,
    // DELETE, or a POST with an idempotency key). A request that failed on a kept connection before
    // any byte of the answer came is repeated once on a fresh one where it is repeatable.
    virtual Result<Response> send(const Request& request, bool repeatable) = 0;
    virtual const std::string& url() const = 0;
};

}  // namespace shop::http
