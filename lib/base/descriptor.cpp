#include "base/descriptor.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace shop {
namespace {

Code code_of(int error_number) {
    switch (error_number) {
        case ENOENT:
            return Code::not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return Code::permission_denied;
        case ENOSPC:
        case EDQUOT:
            return Code::insufficient_storage;
        default:
            return Code::internal;
    }
}

}  // namespace

void Descriptor::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<void> write_to(int fd, std::string_view bytes, std::string_view what) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_call("write", what);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Failure fail_call(std::string_view verb, std::string_view what) {
    const int number = errno;
    return fail(code_of(number), fmt::format("cannot {} {}: {}", verb, what,
                                             std::generic_category().message(number)));
}

}  // namespace shop
