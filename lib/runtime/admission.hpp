// What stands before every handler: ids of the request, who asks, whether that one may, and whether
// the request has the form that its endpoint takes.
//
// Thread safety: free functions without shared state; InFlight may be shared.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "api/endpoint.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

namespace shop::runtime {

// The client's X-Request-Id where it is 1 to 64 letters, digits, "-" or "_"; else a new one.
std::string request_id_of(const http::Request& request);
// The client's traceparent where it is well formed (W3C Trace Context level 1); else a new one.
std::string traceparent_of(const http::Request& request);
// The token of "Authorization: <scheme> <token>"; nothing where there is no such field.
// unauthenticated where it has another scheme.
Result<std::optional<std::string_view>> credentials_of(const http::Request& request,
                                                       std::string_view scheme);
// Whether query, body, content type and idempotency key fit the endpoint's row.
Result<void> check_form(const http::Request& request, const api::Endpoint& endpoint);

// Idempotency keys of calls that are being answered: a second call under the same key waits its
// turn.
class InFlight {
public:
    class Hold {
    public:
        Hold(InFlight* owner, std::string key) : owner_(owner), key_(std::move(key)) {}
        Hold(Hold&& other) noexcept : owner_(other.owner_), key_(std::move(other.key_)) {
            other.owner_ = nullptr;
        }
        ~Hold();

    private:
        InFlight* owner_;
        std::string key_;
    };
    // conflict where the key is held already. An empty key holds nothing.
    Result<Hold> hold(std::string_view caller, std::string_view key);

private:
    std::mutex mutex_;
    std::set<std::string, std::less<>> keys_;
};

}  // namespace shop::runtime
