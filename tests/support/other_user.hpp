// A process of another user, for tests that ask who may come: a child of this program that gives
// its rights up. Only root can have one.
//
// Thread safety: free functions without shared state.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>

namespace shop::test {

inline constexpr unsigned kNobody = 65534;

// Whether there can be one; says why a test does not run otherwise.
inline bool can_be_another_user(std::string_view what) {
    if (::geteuid() == 0) return true;
    std::cout << "skipped: " << what << " (only root can start a process of another user)\n";
    return false;
}

enum class Reached { answer, closed, nothing };

// What a process of that user gets which asks for /livez on a Unix socket: an answer, a close
// before a byte, or no connection.
inline Reached ask_as(unsigned uid, const std::filesystem::path& path) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::strncpy(to.sun_path, path.c_str(), sizeof to.sun_path - 1);
    const pid_t pid = ::fork();
    if (pid == 0) {
        // Between fork and exit: system calls alone, since there may be threads.
        constexpr std::string_view kAsk = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
        const timeval patience{10, 0};
        std::array<char, 64> answer;
        if (::setgid(uid) != 0 || ::setuid(uid) != 0) ::_exit(99);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const void* address = &to;
        if (::connect(fd, static_cast<const sockaddr*>(address), sizeof to) != 0)
            ::_exit(static_cast<int>(Reached::nothing));
        (void)!::send(fd, kAsk.data(), kAsk.size(), MSG_NOSIGNAL);
        const auto count = ::recv(fd, answer.data(), answer.size(), 0);
        ::_exit(static_cast<int>(count > 0 ? Reached::answer : Reached::closed));
    }
    int status = 0;
    if (pid < 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return Reached::nothing;
    return static_cast<Reached>(WEXITSTATUS(status));
}

}  // namespace shop::test
