// A connected socket, with TLS over it or without: what the front and the client send and receive
// through.
//
// Thread safety: one owner at a time.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/socket.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace shop::http {

struct FreeTls {
    void operator()(ssl_st* tls) const;
};
using TlsSession = std::unique_ptr<ssl_st, FreeTls>;

class Channel {
public:
    Channel() = default;
    explicit Channel(Socket socket) : socket_(std::move(socket)) {}
    // `session` speaks over that socket; see tls.hpp.
    Channel(Socket socket, TlsSession session)
        : socket_(std::move(socket)), session_(std::move(session)) {}

    int fd() const { return socket_.fd(); }
    explicit operator bool() const { return static_cast<bool>(socket_); }
    bool secure() const { return session_ != nullptr; }

    // As recv(2) and send(2) on a socket that does not block: how many bytes, 0 at the end of what
    // the other side sends, -1 with errno (EAGAIN: wait, see below; anything else is the end). The
    // first calls make the handshake on their way. EKEYREJECTED: the other side does not take our
    // certificate, or misses it.
    ssize_t receive(char* bytes, std::size_t size);
    ssize_t send(std::string_view bytes);
    // Poll events to wait for after EAGAIN. TLS may have to send before it can receive.
    short receive_waits_for() const;
    // Whether the other side has begun to send something for us, or has gone: TLS sends for itself,
    // too.
    bool has_input();
    // Makes the handshake, where nothing is to be sent or received yet: 0 once it is made, else -1
    // with errno as above.
    int shake_hands();
    // False while the handshake is under way. Always true without TLS.
    bool established() const;
    // After a failed handshake: why the other side's certificate was not accepted; empty where that
    // is not the trouble.
    std::string certificate_trouble() const;
    // Whether the other side has shown a certificate that our authorities vouch for.
    bool peer_verified() const;
    // After this the other side reads an end of file once it has read all that was sent.
    void shut_writing();

private:
    ssize_t outcome(int result);

    Socket socket_;
    TlsSession session_;
};

}  // namespace shop::http
