// A file descriptor that closes itself, and the writing of all that there is to write.
//
// Thread safety: none of its own.
#pragma once

#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace shop {

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }

    int fd() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void close();

private:
    int fd_ = -1;
};

// Writes until all is written; `what` names the place in the error. insufficient_storage where the
// disk is full.
Result<void> write_to(int fd, std::string_view bytes, std::string_view what);

// The failure of a system call, from errno, so at once after it: "cannot <verb> <what>: …".
Failure fail_call(std::string_view verb, std::string_view what);

}  // namespace shop
