// One attempt of a client's call: a connection to an address, one request, one response, until a
// point in time.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "http/address.hpp"
#include "http/channel.hpp"
#include "http/message.hpp"

namespace shop::http {

// unavailable or timeout, by `until` at the latest, the look-up of a name and the TLS handshake
// included.
Result<Channel> connect(const Address& address, TimePoint until);
// Whether a connection that was kept can carry a call: neither closed by the other side nor with
// stray bytes.
bool is_usable(Channel& channel);

struct Exchange {
    Response response;
    bool keep_alive = false;
};
// `answered`: whether a byte of the response had come when it failed.
Result<Exchange> exchange(Channel& channel, const Address& address, std::string_view request,
                          bool to_head, std::size_t answer_bytes_max, TimePoint until,
                          bool& answered);

}  // namespace shop::http
