// HTTP calls to our own daemons (or the gateway before them): kept-alive connections over TCP or a
// Unix socket, a deadline for the whole call, no redirects, no cookies, no proxies.
//
// No call takes longer than its deadline, or than `retry_for` where that is longer and the call is
// repeatable: the look-up of a name, connecting, sending and reading are all within it. Names are
// looked up on a thread of their own (see Resolver), numeric addresses and localhost not at all.
//
// Thread safety: a Client may be shared; each call takes a connection of its own from the pool.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "http/message.hpp"

namespace shop::http {

class TlsClient;

struct ClientOptions {
    std::chrono::milliseconds deadline{2000};  // of one attempt, from connecting to the last byte
    // Total time with retries; 0: one attempt. A repeatable call is repeated, after a jittered
    // back-off and the answer's Retry-After, where the connection failed or the answer was 503 or
    // 429. One that could not begin within this time is not begun.
    std::chrono::milliseconds retry_for{0};
    std::size_t answer_bytes_max = 64 * 1024 * 1024;
    std::size_t idle_connections_max = 32;
    // Calls in a row (with their retries) that got no answer, or 502, 503 or 504, after which the
    // circuit breaker opens: until a probe succeeds, calls fail at once with unavailable. 0: never,
    // for those who ask until a time of their own is over.
    int breaker_failures = 5;
    const Clock* clock = &system_clock();            // of the circuit breaker; outlives the client
    std::shared_ptr<const TlsClient> tls = nullptr;  // for https; null: see parse_address()
};

class Client {
public:
    // "http://127.0.0.1:5002", "https://shop.example" (see TlsClient) or
    // "unix:/run/shop/productd.sock". invalid_argument for other schemes.
    static Result<std::unique_ptr<Client>> make(std::string_view url, ClientOptions options);
    virtual ~Client() = default;

    // Fills Host and Content-Length. An HTTP status of any kind is a success here; unavailable
    // where no connection could be had, it was lost or the circuit breaker is open (then with
    // retry_after_seconds), timeout where the deadline passed; the message names the address.
    // `repeatable`: the same call twice does the work once (GET, PUT, DELETE, or a POST with an
    // idempotency key). A request that failed on a kept connection before any byte of the answer
    // came is repeated once on a fresh one where it is repeatable.
    virtual Result<Response> send(const Request& request, bool repeatable) = 0;
    virtual const std::string& url() const = 0;
    // Whether the circuit breaker is open. Costs an atomic read.
    virtual bool circuit_open() const = 0;
};

}  // namespace shop::http
