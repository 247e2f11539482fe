#include "http/socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <system_error>

namespace shop::http {

void Socket::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void Socket::shut_writing() { ::shutdown(fd_, SHUT_WR); }

std::string error_text(int error_number) { return std::generic_category().message(error_number); }

}  // namespace shop::http
