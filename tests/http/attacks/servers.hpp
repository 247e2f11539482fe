// What the corpus is sent to: a shop-productd of its own with short deadlines, and Debian's HAProxy
// before it, which shares its connections to the daemon among all clients.
//
// Thread safety: start and end from one thread; the rest from any.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "http/address.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace shop::test {

// A program whose output is read all the time, so that it never waits for us.
class Server {
public:
    Server(const std::filesystem::path& program, std::vector<std::string> arguments);
    ~Server();

    bool running() const { return !ended_; }
    pid_t pid() const { return pid_; }
    // Ends it: how it ended and all that it wrote.
    const Outcome& end(int signal = SIGTERM);

private:
    Process process_;
    const pid_t pid_;
    std::atomic<bool> ended_{false};
    Outcome outcome_;
    std::thread reader_;
};

class Productd {
public:
    Productd();

    int port() const { return port_; }
    Server& server() { return server_; }
    // The most memory that it has had so far; 0 where it is not there any more.
    std::size_t peak_kib() const;

private:
    TempFolder folder_;
    const int port_;
    Server server_;
};

class Haproxy {
public:
    explicit Haproxy(int daemon_port);
    static bool installed();

    int port() const { return port_; }

private:
    TempFolder folder_;
    const int port_;
    Server server_;
};

// HAProxy with the configuration that `shopctl gateway render` writes, without limits that a crowd
// of cases would meet.
class RenderedGateway {
public:
    explicit RenderedGateway(int daemon_port);

    const http::Address& address() const { return *address_; }
    // Ends it: its log.
    std::string end();

private:
    TempFolder folder_;
    const int port_;
    std::optional<http::Address> address_;
    std::unique_ptr<Server> server_;
};

}  // namespace shop::test
