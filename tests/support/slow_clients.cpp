#include "support/slow_clients.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string_view>

namespace shop::test {
namespace {

constexpr std::string_view kHead =
    "GET /livez HTTP/1.1\r\nHost: shop\r\nX-First: 1\r\nX-Second: 2\r\n";
constexpr std::size_t kBodyBegunBytes = 15'000;
constexpr std::size_t kQuestions = 8;
constexpr std::size_t kTurns = 10;  // of a second; each has its share of the clients
// As over a network: with the 64 KiB segments and the windows of the loopback device the kernel
// would take megabytes of answers that nobody reads, and the server would not notice.
constexpr int kSegmentBytes = 1400;
constexpr int kUnreadBytes = 4096;

void allow_descriptors(rlim_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= count) return;
    limit.rlim_cur = count;
    limit.rlim_max = std::max(limit.rlim_max, count);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        throw std::runtime_error("the limit of open files cannot be raised; see ulimit -Hn");
    }
}

http::Socket connect_to(std::uint16_t port) {
    http::Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_MAXSEG, &kSegmentBytes, sizeof kSegmentBytes);
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &kUnreadBytes, sizeof kUnreadBytes);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.fd(), reinterpret_cast<sockaddr*>(&server), sizeof server) != 0) return {};
    return socket;
}

bool send(const http::Socket& socket, std::string_view bytes) {
    const auto count = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count == static_cast<ssize_t>(bytes.size());
}

bool is_ended(const http::Socket& socket) {
    pollfd entry{socket.fd(), POLLRDHUP, 0};
    return ::poll(&entry, 1, 0) != 0;
}

std::string begun_body() {
    return "POST /v1/products HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
           "Content-Length: 1000000\r\n\r\n" +
           std::string(kBodyBegunBytes, ' ');
}

std::string questions(const std::string& target) {
    std::string all;
    for (std::size_t i = 0; i < kQuestions; ++i)
        all += "GET " + target + " HTTP/1.1\r\nHost: shop\r\n\r\n";
    return all;
}

}  // namespace

SlowClients::SlowClients(SlowPlan plan)
    : plan_(std::move(plan)),
      begun_body_(begun_body()),
      questions_(questions(plan_.target)),
      clients_(plan_.clients) {
    constexpr rlim_t kOwn = 100;  // what else the program has open
    allow_descriptors(plan_.clients + kOwn);
    constexpr Kind kKinds[] = {Kind::head, Kind::body, Kind::reader};
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        clients_[i].kind = kKinds[i % std::size(kKinds)];
        if (!begin(clients_[i])) {
            throw std::runtime_error("slow client " + std::to_string(i) +
                                     " cannot connect: " + http::error_text(errno));
        }
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

bool SlowClients::begin(Client& client) const {
    client.socket = connect_to(plan_.port);
    client.sent = 0;
    if (!client.socket) return false;
    if (client.kind == Kind::head) return send(client.socket, kHead.substr(client.sent++, 1));
    return send(client.socket, client.kind == Kind::body ? begun_body_ : questions_);
}

void SlowClients::go_on(Client& client) const {
    if (!client.socket || is_ended(client.socket)) {
        begin(client);
    } else if (client.kind == Kind::head && client.sent < kHead.size()) {
        send(client.socket, kHead.substr(client.sent++, 1));
    } else if (client.kind == Kind::body) {
        send(client.socket, " ");
    }
}

void SlowClients::run(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds kTurn = std::chrono::seconds(1) / kTurns;
    auto next = std::chrono::steady_clock::now();
    for (std::size_t turn = 0; !stop.stop_requested(); turn = (turn + 1) % kTurns) {
        for (std::size_t i = turn; i < clients_.size(); i += kTurns) go_on(clients_[i]);
        next += kTurn;
        std::this_thread::sleep_until(next);
    }
}

}  // namespace shop::test
