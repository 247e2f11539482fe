#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace shop::test {
namespace {

using Clock = std::chrono::steady_clock;

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
}

void close_end(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
}

std::vector<std::string> environment_with(std::map<std::string, std::string> wanted) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry; ++entry) {
        const std::string text(*entry);
        if (!wanted.contains(text.substr(0, text.find('=')))) out.push_back(text);
    }
    for (const auto& [name, value] : wanted)
        if (!value.empty()) out.push_back(name + "=" + value);
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
}

// Appends what can be read. Whether there may be more.
bool read_some(int fd, std::string& to) {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count > 0) to.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
}

}  // namespace

Process::Process(const std::filesystem::path& program, const ProcessOptions& options)
    : input_(options.input), end_(Clock::now() + options.limit) {
    std::signal(SIGPIPE, SIG_IGN);
    auto in = make_pipe(), out = make_pipe(), err = make_pipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    auto words = options.arguments;
    words.insert(words.begin(), program.string());
    auto environment = environment_with(options.environment);
    const int failed = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr,
                                      pointers(words).data(), pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    for (int fd : {in[0], out[1], err[1]}) ::close(fd);
    in_ = in[1];
    out_ = out[0];
    err_ = err[0];
    if (failed != 0) {
        close_all();
        throw std::runtime_error(program.string() + " can't be started");
    }
    ::fcntl(in_, F_SETFL, O_NONBLOCK);
    if (input_.empty()) close_end(in_);
}

Process::~Process() {
    close_all();
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Process::close_all() {
    for (int* fd : {&in_, &out_, &err_}) close_end(*fd);
}

void Process::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);  // 0 would be our own group
}

bool Process::feed() {
    const ssize_t count = ::write(in_, input_.data(), input_.size());
    if (count > 0) input_.erase(0, static_cast<std::size_t>(count));
    return !input_.empty() && (count >= 0 || errno == EAGAIN);
}

bool Process::pump(Outcome& outcome) {
    while (out_ >= 0 || err_ >= 0) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
        if (left.count() <= 0) return false;
        // poll() passes over descriptors below zero.
        pollfd fds[] = {{in_, POLLOUT, 0}, {out_, POLLIN, 0}, {err_, POLLIN, 0}};
        if (::poll(fds, std::size(fds), static_cast<int>(left.count())) <= 0) continue;
        if (fds[0].revents && !feed()) close_end(in_);
        if (fds[1].revents && !read_some(out_, outcome.out)) close_end(out_);
        if (fds[2].revents && !read_some(err_, outcome.err)) close_end(err_);
    }
    return true;
}

Outcome Process::wait() {
    Outcome outcome;
    bool in_time = pump(outcome);
    int status = 0;
    while (in_time && ::waitpid(pid_, &status, WNOHANG) == 0) {
        in_time = Clock::now() < end_;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!in_time) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, &status, 0);
    } else {
        outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    pid_ = 0;
    close_all();
    return outcome;
}

Outcome run(const std::filesystem::path& program, const ProcessOptions& options) {
    return Process(program, options).wait();
}

}  // namespace shop::test
