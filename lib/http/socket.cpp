#include "http/socket.hpp"

#include <sys/socket.h>

#include <system_error>

namespace shop::http {

void Socket::shut_writing() { ::shutdown(fd(), SHUT_WR); }

std::string error_text(int error_number) { return std::generic_category().message(error_number); }

}  // namespace shop::http
