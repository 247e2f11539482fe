#include "http/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace shop::http {
namespace {

constexpr int kBacklog = 4096;  // the kernel cuts it to its own bound (net.core.somaxconn)

Failure no_socket(const std::string& address, int error_number) {
    return fail(Code::unavailable,
                fmt::format("cannot listen on {}: {}", address, error_text(error_number)));
}

void set_option(int fd, int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
}

std::uint16_t bound_port(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
    if (bound.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
    if (bound.ss_family == AF_INET6) {
        return ntohs(reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
    }
    return 0;
}

ino_t inode_of(const std::filesystem::path& path) {
    struct stat entry {};
    return ::lstat(path.c_str(), &entry) == 0 ? entry.st_ino : 0;
}

// Whether a process listens on that path. A full backlog (EAGAIN) means yes.
bool answers(const sockaddr_un& address) {
    const Socket probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(probe.fd(), generic, sizeof address) == 0 || errno == EAGAIN;
}

Peer unix_peer(int fd) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    Peer peer{"unix", std::nullopt};
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
        peer.uid = credentials.uid;
    }
    return peer;
}

Peer peer_of(int fd, const sockaddr_storage& from) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (from.ss_family == AF_INET) {
        const auto& address = reinterpret_cast<const sockaddr_in&>(from).sin_addr;
        ::inet_ntop(AF_INET, &address, text.data(), text.size());
    } else if (from.ss_family == AF_INET6) {
        const auto& address = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr;
        ::inet_ntop(AF_INET6, &address, text.data(), text.size());
    } else {
        return unix_peer(fd);
    }
    return {text.data(), std::nullopt};
}

// Closing a listening socket resets the connections that its clients hold for established but
// nobody has accepted. So first no new one may begin: packets with SYN are dropped by a filter, all
// others pass.
void drop_handshakes(int fd) {
    constexpr std::uint32_t kFlagsByte = 13;  // of the TCP header
    constexpr std::uint32_t kSyn = 0x02;
    std::array<sock_filter, 4> program = {{
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, kFlagsByte},
        {BPF_JMP | BPF_JSET | BPF_K, 0, 1, kSyn},
        {BPF_RET | BPF_K, 0, 0, 0},
        {BPF_RET | BPF_K, 0, 0, 0xffffffff},
    }};
    const sock_fprog filter{program.size(), program.data()};
    ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

}  // namespace

Result<Listener> Listener::tcp(const std::string& address, std::uint16_t port) {
    const std::string name = fmt::format("{}:{}", address, port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* list = nullptr;
    const int wrong = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (wrong != 0) {
        return fail(Code::unavailable,
                    fmt::format("cannot listen on {}: {}", name, ::gai_strerror(wrong)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
    Socket socket(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return no_socket(name, errno);
    set_option(socket.fd(), SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(socket.fd(), IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
    if (::bind(socket.fd(), list->ai_addr, list->ai_addrlen) != 0 ||
        ::listen(socket.fd(), kBacklog) != 0) {
        return no_socket(name, errno);
    }
    Listener listener(std::move(socket));
    listener.port_ = bound_port(listener.fd());
    return listener;
}

Result<Listener> Listener::unix_path(const std::filesystem::path& path, unsigned mode) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) {
        return fail(Code::unavailable,
                    "cannot listen on " + path.native() + ": the path is too long");
    }
    std::strcpy(address.sun_path, path.c_str());
    struct stat entry {};
    if (::lstat(path.c_str(), &entry) == 0) {
        if (!S_ISSOCK(entry.st_mode)) return no_socket(path, EEXIST);
        if (answers(address)) return no_socket(path, EADDRINUSE);
        ::unlink(path.c_str());
    }
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return no_socket(path, errno);
    // The file gets the socket's own mode, less the umask: it is at no time more open than asked
    // for.
    ::fchmod(socket.fd(), mode);
    if (::bind(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::chmod(path.c_str(), mode) != 0 || ::listen(socket.fd(), kBacklog) != 0) {
        return no_socket(path, errno);
    }
    Listener listener(std::move(socket));
    listener.path_ = path;
    listener.inode_ = inode_of(path);
    return listener;
}

Result<Listener> Listener::adopt(int fd) {
    Listener listener{Socket(fd)};
    listener.adopted_ = true;
    int listening = 0;
    socklen_t size = sizeof listening;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0) {
        return fail(Code::unavailable, fmt::format("descriptor {} is no listening socket", fd));
    }
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    listener.port_ = bound_port(fd);
    if (listener.port_ != 0) set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return listener;
}

std::optional<Accepted> Listener::accept() {
    while (true) {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto* generic = reinterpret_cast<sockaddr*>(&from);
        Socket socket(::accept4(fd(), generic, &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket) {
            Peer peer = peer_of(socket.fd(), from);
            return Accepted{std::move(socket), std::move(peer)};
        }
        if (errno != EINTR && errno != ECONNABORTED) return std::nullopt;
    }
}

void Listener::withdraw() {
    if (!path_.empty() && inode_of(path_) == inode_) ::unlink(path_.c_str());
    path_.clear();
    if (port_ != 0 && !adopted_) drop_handshakes(fd());
}

}  // namespace shop::http
