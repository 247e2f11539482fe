// What tests of the embedded engine do to a machine: child processes, small disks.
//
// Thread safety: belongs to the test's own thread.
#pragma once

#include <catch2/catch.hpp>

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "support/temp_folder.hpp"

namespace shop::store::test {

inline constexpr std::uint64_t kMiB = 1 << 20;

// Runs `body` in a child process, which ends with the test program at the latest.
template <class Body>
pid_t fork_child(const Body& body) {
    const pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        body();
    } catch (...) {
        _exit(99);
    }
    _exit(0);
}

inline int wait_for(pid_t child) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status;
}

inline mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

// A disk of its own, where the test may mount one.
class Tmpfs {
public:
    explicit Tmpfs(const std::string& size) {
        mounted_ =
            mount("shop-test", folder_.path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    }
    ~Tmpfs() {
        if (mounted_) umount(folder_.path().c_str());
    }
    Tmpfs(const Tmpfs&) = delete;
    Tmpfs& operator=(const Tmpfs&) = delete;
    bool is_mounted() const { return mounted_; }
    const std::filesystem::path& path() const { return folder_.path(); }

private:
    shop::test::TempFolder folder_;
    bool mounted_ = false;
};

}  // namespace shop::store::test
