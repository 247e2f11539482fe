// Where a client calls: a URL and the socket addresses that it stands for.
//
// Thread safety: addresses may be shared; copies of one share their resolver.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::http {

using TimePoint = std::chrono::steady_clock::time_point;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};
using SocketAddresses = std::vector<SocketAddress>;

// What may take its time: asks the system's resolver. unavailable where the name is not known.
Result<SocketAddresses> look_up_name(const std::string& host, const std::string& port);

// The socket addresses of a host, by a point in time. Numeric hosts and "localhost" (127.0.0.1,
// then ::1) are never looked up. Other names are looked up anew for each connection, since a
// service that was started elsewhere keeps its name alone; the system's resolver knows no deadline,
// so it runs on a thread of its own, one for each Resolver: callers that come meanwhile wait for
// the same answer, each until its own deadline.
class Resolver {
public:
    using LookUp =
        std::function<Result<SocketAddresses>(const std::string& host, const std::string& port)>;

    Resolver(std::string host, std::string port, LookUp look_up = look_up_name);

    // unavailable or timeout; the message says what of the name.
    Result<SocketAddresses> resolve(TimePoint until);

private:
    using Pending = std::shared_future<Result<SocketAddresses>>;
    Pending under_way();  // throws std::system_error where no thread can be had

    const std::string host_;
    const std::string port_;
    const LookUp look_up_;
    SocketAddresses fixed_;  // of a host that needs no look-up
    std::mutex mutex_;
    Pending last_;  // guarded by mutex_
};

class TlsClient;

struct Address {
    std::string url;  // as given, for messages
    std::string host_field;
    std::string host;                                // or path of a Unix socket
    std::string port;                                // empty: a Unix socket
    std::shared_ptr<Resolver> resolver = nullptr;    // null: a Unix socket
    std::shared_ptr<const TlsClient> tls = nullptr;  // null: without
};

// invalid_argument for anything but "http://host[:port]", "https://host[:port]" and
// "unix:/path". `tls`: for https; null: one that trusts the system's authorities.
Result<Address> parse_address(std::string_view url, std::shared_ptr<const TlsClient> tls = nullptr);

}  // namespace shop::http
