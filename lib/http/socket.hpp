// A file descriptor that closes itself.
//
// Thread safety: none of its own.
#pragma once

#include <string>
#include <utility>

namespace shop::http {

class Socket {
public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() { close(); }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }

    int fd() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void close();
    // After this the other side reads an end of file once it has read all that was sent.
    void shut_writing();

private:
    int fd_ = -1;
};

std::string error_text(int error_number);

}  // namespace shop::http
