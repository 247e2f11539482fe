#include "base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace shop {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenTries = 5ms;  // flock(2) waits for ever or not at all

int open_to_lock(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0 || errno != EISDIR) return file;
    return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// 0, or the errno.
int try_lock(int file, FileLock::Kind kind) {
    const int operation = (kind == FileLock::Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
    while (::flock(file, operation) != 0)
        if (errno != EINTR) return errno;
    return 0;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, Kind kind, std::chrono::milliseconds wait_max)
    : file_(open_to_lock(path)), error_(held() ? 0 : errno) {
    if (!held()) return;
    const auto end = std::chrono::steady_clock::now() + wait_max;
    while ((error_ = try_lock(file_, kind)) == EWOULDBLOCK &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(kBetweenTries);
    if (error_ != 0) release();
}

FileLock::FileLock(FileLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), error_(other.error_) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(error_, other.error_);
    return *this;
}

void FileLock::release() {
    if (held()) ::close(std::exchange(file_, -1));
}

}  // namespace shop
