#include "base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace shop {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenTries = 5ms;  // flock(2) waits for ever or not at all

Descriptor open_to_lock(const std::filesystem::path& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file || errno != EISDIR) return file;
    return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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
    while ((error_ = try_lock(file_.fd(), kind)) == EWOULDBLOCK &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(kBetweenTries);
    if (error_ != 0) release();
}

}  // namespace shop
