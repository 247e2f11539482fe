#include "local/port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <string>

#include "api/endpoint.hpp"

namespace shop::cli {

Result<void> check_port_free(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(Code::unavailable, "No socket can be had: too many open files?");
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* generic = &address;
    const bool free = ::bind(fd, static_cast<const sockaddr*>(generic), sizeof address) == 0;
    ::close(fd);
    if (free) return {};
    return fail(Code::already_exists, "Port " + std::to_string(port) +
                                          " is taken. End what listens there, or choose other "
                                          "ports with --port-base.");
}

Result<int> free_port_base() {
    // Below the ports that the kernel gives to outgoing connections.
    constexpr int first = 10'000, last = 32'000, tries = 100;
    const auto daemons = static_cast<int>(api::all_daemons().size());
    std::random_device random;
    std::uniform_int_distribution<int> any(first, last);
    for (int i = 0; i < tries; ++i) {
        const int base = any(random);
        bool all = true;
        for (int port = base; port < base + daemons; ++port) all = all && check_port_free(port);
        if (all) return base;
    }
    return fail(Code::unavailable, "No free ports can be found between 10000 and 32000.");
}

}  // namespace shop::cli
