#include "runtime/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/text.hpp"
#include "http/socket.hpp"

namespace shop::runtime {
namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Whether what the other variables say is meant for this process, and not for one before us.
bool is_for_us(std::string_view pid) { return parse_int(pid) == ::getpid(); }

}  // namespace

int passed_sockets() {
    if (!is_for_us(variable("LISTEN_PID"))) return 0;
    constexpr std::int64_t kMax = 1024;  // more is a mistake
    const auto said = parse_int(variable("LISTEN_FDS")).value_or(0);
    const auto count = static_cast<int>(std::clamp<std::int64_t>(said, 0, kMax));
    for (int fd = kFirstPassedSocket; fd < kFirstPassedSocket + count; ++fd)
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return fd - kFirstPassedSocket;
    return count;
}

void notify_manager(std::string_view state) {
    const std::string_view path = variable("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.empty() || path.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    // "@" stands for the zero byte of an abstract name.
    if (path.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    const http::Socket socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    [[maybe_unused]] const auto sent =
        ::sendto(socket.fd(), state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), size);
}

std::optional<std::chrono::microseconds> watchdog_patience() {
    const auto pid = variable("WATCHDOG_PID");
    const auto patience = parse_int(variable("WATCHDOG_USEC")).value_or(0);
    if (patience <= 0 || (!pid.empty() && !is_for_us(pid))) return std::nullopt;
    return std::chrono::microseconds(patience);
}

}  // namespace shop::runtime
