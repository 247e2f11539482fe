// A listening socket of the front, on TCP or a Unix path, bound here or passed by the service
// manager.
//
// Thread safety: none of its own; the front's thread uses it once the front is started.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/socket.hpp"

namespace shop::http {

struct Accepted {
    Socket socket;
    Peer peer;
};

class Listener {
public:
    static Result<Listener> tcp(const std::string& address, std::uint16_t port);
    static Result<Listener> unix_path(const std::filesystem::path& path, unsigned mode);
    static Result<Listener> adopt(int fd);

    int fd() const { return socket_.fd(); }
    std::uint16_t port() const { return port_; }  // 0 on a Unix socket
    // The next connection that waits; nothing where none does or the process is out of descriptors.
    std::optional<Accepted> accept();
    // Nobody new gets in, but what is on its way can still be accepted: the file of a Unix socket
    // goes, where it is still the one made here; a TCP socket drops new handshakes (their clients
    // repeat them a second later and meet a refusal, or the next process) and ends those it has
    // begun. A socket that was passed stays as it is: it is not ours alone, and what waits on it is
    // for the next process.
    void withdraw();
    void close() { socket_.close(); }

private:
    explicit Listener(Socket socket) : socket_(std::move(socket)) {}

    Socket socket_;
    std::uint16_t port_ = 0;
    bool adopted_ = false;
    std::filesystem::path path_;  // where bound here
    ino_t inode_ = 0;             // of path_
};

}  // namespace shop::http
