// Clients that keep connections of a server on this machine busy for as long as they can. A third
// each sends its head byte by byte; sends a part of a body and the rest byte by byte; asks for
// large answers, several at once, and reads none. A byte a second; where the server ends a
// connection it is opened again.
//
// Thread safety: one owner; a thread of their own keeps the clients at it.
#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "http/socket.hpp"

namespace shop::test {

struct SlowPlan {
    std::uint16_t port = 0;  // at 127.0.0.1
    std::string target;      // of a large answer
    std::size_t clients = 0;
};

class SlowClients {
public:
    // All are connected and have begun afterwards. Raises this program's limit of open files where
    // it has to. std::runtime_error where a connection or that limit cannot be had.
    explicit SlowClients(SlowPlan plan);

private:
    enum class Kind : std::uint8_t { head, body, reader };
    struct Client {
        Kind kind = Kind::head;
        http::Socket socket;
        std::size_t sent = 0;  // bytes of the head
    };

    bool begin(Client& client) const;
    void go_on(Client& client) const;
    void run(const std::stop_token& stop);

    const SlowPlan plan_;
    const std::string begun_body_;  // a head and the first bytes of its body
    const std::string questions_;
    std::vector<Client> clients_;
    std::jthread thread_;
};

}  // namespace shop::test
