// A library for LD_PRELOAD: it stands between a program and its store's file (data.mdb), writes
// down what is written there and when it is on disk (log.hpp), and lets calls fail on demand.
//
//   SHOP_RECORD_LOG      where the log goes; without it nothing is written down
//   SHOP_FAIL_SYNC_AT=n  the n-th fsync or fdatasync of data.mdb does nothing and fails with EIO
//   SHOP_FAIL_WRITE_AT=n the same of the n-th write
//
// LMDB writes pages with pwrite and writev and syncs them with fdatasync; the page that makes a
// commit valid goes through a second descriptor with O_DSYNC, so it is on disk when pwrite returns.
// It writes through the map, and uses msync, with MDB_WRITEMAP alone, which nobody sets here. A
// test holds the log against the file, so that a call that is missing here would not stay unseen.
//
// Thread safety: any thread. LMDB lets one write at a time, so the log's order is the file's.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "torture/log.hpp"

using namespace shop::torture;

namespace {

int the_log() {
    static const int log = open_log();
    return log;
}

void note(const Mark& mark, const std::vector<iovec>& bytes = {}) {
    if (the_log() >= 0) append(the_log(), mark, bytes);
}

bool is_store_file(int fd) {
    char link[64];
    char path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t size = ::readlink(link, path, sizeof path);
    return size > 0 &&
           std::string_view(path, static_cast<std::size_t>(size)).ends_with("/data.mdb");
}

bool must_fail(const char* variable, std::atomic<int>& calls) {
    const char* number = std::getenv(variable);
    if (!number || ++calls != std::atoi(number)) return false;
    note({Kind::failed});
    errno = EIO;
    return true;
}

int sync_file(int fd, long call) {
    static std::atomic<int> calls = 0;
    const bool ours = is_store_file(fd);
    if (ours && must_fail("SHOP_FAIL_SYNC_AT", calls)) return -1;
    const auto done = static_cast<int>(::syscall(call, fd));
    if (ours && done == 0) note({Kind::synced});
    return done;
}

ssize_t write_at(int fd, const std::vector<iovec>& parts, off_t at) {
    return ::syscall(SYS_pwritev, fd, parts.data(), parts.size(), at, 0);
}

ssize_t write_store(int fd, const std::vector<iovec>& parts, off_t at) {
    static std::atomic<int> calls = 0;
    if (must_fail("SHOP_FAIL_WRITE_AT", calls)) return -1;
    std::size_t size = 0;
    for (const auto& part : parts) size += part.iov_len;
    const ssize_t done = write_at(fd, parts, at);
    if (done < 0) return done;
    // A full disk is not what this library is for.
    if (static_cast<std::size_t>(done) != size) std::abort();
    const auto offset = static_cast<std::uint64_t>(at);
    note({Kind::write, offset, size}, parts);
    if (::fcntl(fd, F_GETFL) & O_DSYNC) note({Kind::durable, offset, size});
    return done;
}

iovec part(const void* bytes, std::size_t size) { return {const_cast<void*>(bytes), size}; }

// Where the descriptor stands, which moves on.
ssize_t write_store_here(int fd, const std::vector<iovec>& parts) {
    const off_t at = ::lseek(fd, 0, SEEK_CUR);
    const ssize_t done = write_store(fd, parts, at);
    if (done > 0) ::lseek(fd, at + done, SEEK_SET);
    return done;
}

}  // namespace

extern "C" {

int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

int fsync(int fd) { return sync_file(fd, SYS_fsync); }

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
    if (is_store_file(fd)) return write_store(fd, {part(bytes, size)}, at);
    return ::syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t pwritev(int fd, const iovec* parts, int count, off_t at) {
    const std::vector<iovec> all(parts, parts + count);
    return is_store_file(fd) ? write_store(fd, all, at) : write_at(fd, all, at);
}

ssize_t write(int fd, const void* bytes, size_t size) {
    if (is_store_file(fd)) return write_store_here(fd, {part(bytes, size)});
    return ::syscall(SYS_write, fd, bytes, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    if (is_store_file(fd)) return write_store_here(fd, {parts, parts + count});
    return ::syscall(SYS_writev, fd, parts, count);
}
}
