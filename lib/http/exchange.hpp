// One attempt of a client's call: a connection to an address, one request, one response, until a
// point in time.
//
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/socket.hpp"

namespace shop::http {

using TimePoint = std::chrono::steady_clock::time_point;

struct Address {
    std::string url;  // as given, for messages
    std::string host_field;
    std::string host;  // or path of a Unix socket
    std::string port;  // empty: a Unix socket
};

// invalid_argument for anything but "http://host[:port]" and "unix:/path".
Result<Address> parse_address(std::string_view url);

// unavailable or timeout. A name is resolved by the system's resolver, which keeps its own time.
Result<Socket> connect(const Address& address, TimePoint until);
// Whether a connection that was kept can carry a call: neither closed by the other side nor with
// stray bytes.
bool is_usable(const Socket& socket);

struct Exchange {
    Response response;
    bool keep_alive = false;
};
// `answered`: whether a byte of the response had come when it failed.
Result<Exchange> exchange(const Socket& socket, const Address& address, std::string_view request,
                          bool to_head, std::size_t answer_bytes_max, TimePoint until,
                          bool& answered);

}  // namespace shop::http
