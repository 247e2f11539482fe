#include "http/exchange.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/waiting.hpp"
#include "http/response_reader.hpp"
#include "http/tls.hpp"

namespace shop::http {
namespace {

Failure no_connection(const Address& address, std::string_view why) {
    return fail(Code::unavailable,
                fmt::format("{} cannot be reached: {}; see that it runs and listens there",
                            address.url, why));
}

Failure lost(const Address& address, std::string_view why) {
    return fail(Code::unavailable,
                fmt::format("the connection to {} was lost: {}", address.url, why));
}

Failure not_let_in(const Address& address) {
    return fail(Code::unavailable,
                fmt::format("{} wants a certificate of an authority that it knows from us; see "
                            "tls_certificate here, and tls_client_ca there",
                            address.url));
}

Failure too_late(const Address& address) {
    return fail(Code::timeout, fmt::format("{} did not answer in time; try again", address.url));
}

// Waits until the socket is ready for one of `events`; those it is ready for, 0 where the time is
// over.
short wait_for(int fd, short events, TimePoint until) {
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return 0;
        pollfd entry{fd, events, 0};
        const int count = ::poll(&entry, 1, static_cast<int>(left.count()));
        if (count > 0) return entry.revents;
        if (count == 0) return 0;
    }
}

Result<Socket> connect_to(const Address& address, const sockaddr* target, socklen_t size,
                          TimePoint until) {
    Socket socket(::socket(target->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return no_connection(address, error_text(errno));
    if (target->sa_family != AF_UNIX) {
        const int on = 1;
        ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (::connect(socket.fd(), target, size) == 0) return socket;
    // EAGAIN: a Unix socket whose backlog is full.
    if (errno != EINPROGRESS) return no_connection(address, error_text(errno));
    if (wait_for(socket.fd(), POLLOUT, until) == 0) return too_late(address);
    int error = 0;
    socklen_t error_size = sizeof error;
    ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &error_size);
    if (error != 0) return no_connection(address, error_text(error));
    return socket;
}

Result<Socket> connect_unix(const Address& address, TimePoint until) {
    sockaddr_un target{};
    target.sun_family = AF_UNIX;
    if (address.host.size() >= sizeof target.sun_path) {
        return no_connection(address, "the path is too long");
    }
    std::strcpy(target.sun_path, address.host.c_str());
    return connect_to(address, reinterpret_cast<const sockaddr*>(&target), sizeof target, until);
}

Result<Socket> connect_socket(const Address& address, TimePoint until) {
    if (address.port.empty()) return connect_unix(address, until);
    auto targets = address.resolver->resolve(until);
    if (!targets) {
        const Error& why = targets.error();
        return fail(why.code, fmt::format("{} cannot be reached: {}", address.url, why.message));
    }
    // What is said of the first one tells most: localhost's second may not exist on this machine.
    std::optional<Error> why;
    for (const auto& target : *targets) {
        auto socket = connect_to(address, reinterpret_cast<const sockaddr*>(&target.storage),
                                 target.size, until);
        if (socket) return socket;
        if (!why) why = std::move(socket.error());
    }
    if (!why) return no_connection(address, "the name has no address");
    return tl::make_unexpected(std::move(*why));
}

Failure no_handshake(const Address& address, const Channel& channel) {
    if (errno == EKEYREJECTED) return not_let_in(address);
    const std::string trouble = channel.certificate_trouble();
    if (trouble.empty())
        return no_connection(address, "it made no TLS handshake; does it speak https there?");
    return fail(Code::unavailable,
                fmt::format("{} is not trusted: {}; where the shop has an authority of its own, "
                            "name its certificate's file in SSL_CERT_FILE, or in a service's "
                            "tls_ca",
                            address.url, trouble));
}

}  // namespace

Result<Channel> connect(const Address& address, TimePoint until) {
    const Waiting waiting;
    SHOP_TRY(socket, connect_socket(address, until));
    if (!address.tls) return Channel(std::move(socket));
    Channel channel = address.tls->open(std::move(socket), address.host);
    while (channel.shake_hands() != 0) {
        if (errno != EAGAIN) return no_handshake(address, channel);
        if (wait_for(channel.fd(), channel.receive_waits_for(), until) == 0)
            return too_late(address);
    }
    return channel;
}

bool is_usable(Channel& channel) { return !channel.has_input(); }

namespace {

// Sends until all is sent, the other side answers early (413, say) or nobody reads any more; what
// it answered then is still to be read. False where the time is over.
bool send_request(Channel& channel, std::string_view& request, TimePoint until) {
    while (!request.empty()) {
        const auto count = channel.send(request);
        if (count >= 0) {
            request.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            const short ready = wait_for(channel.fd(), POLLIN | POLLOUT, until);
            if (ready == 0) return false;
            if ((ready & POLLIN) != 0 && channel.has_input()) return true;
        } else if (errno != EINTR) {
            return true;
        }
    }
    return true;
}

}  // namespace

Result<Exchange> exchange(Channel& channel, const Address& address, std::string_view request,
                          bool to_head, std::size_t answer_bytes_max, TimePoint until,
                          bool& answered) {
    answered = false;
    const Waiting waiting;
    if (!send_request(channel, request, until)) return too_late(address);
    ResponseReader reader(to_head, answer_bytes_max);
    std::array<char, 64 * 1024> buffer;
    while (true) {
        const auto count = channel.receive(buffer.data(), buffer.size());
        if (count == 0) return lost(address, "it was closed before the answer was whole");
        if (count < 0 && errno == EAGAIN) {
            if (wait_for(channel.fd(), channel.receive_waits_for(), until) == 0)
                return too_late(address);
        } else if (count < 0 && errno != EINTR) {
            return errno == EKEYREJECTED ? not_let_in(address) : lost(address, error_text(errno));
        }
        if (count < 0) continue;
        answered = true;
        const Progress progress = reader.feed({buffer.data(), static_cast<std::size_t>(count)});
        if (progress == Progress::refused) return lost(address, reader.reason());
        if (progress == Progress::complete) break;
        // Whoever sends faster than we read never makes us wait, and would never be done.
        if (std::chrono::steady_clock::now() >= until) return too_late(address);
    }
    const bool keep_alive = reader.keep_alive() && request.empty();
    return Exchange{std::move(reader.response()), keep_alive};
}

}  // namespace shop::http
