#include "base/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/descriptor.hpp"
#include "base/waiting.hpp"

namespace shop {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kPipeBytes = 64 * 1024;    // what Linux keeps of a pipe
constexpr std::chrono::milliseconds kLook{100};  // how soon a request to stop is seen
constexpr std::chrono::milliseconds kLookAnyway{60'000};

// Not one of the standard three, even where ours are closed: the program's are made from these.
Descriptor moved_up(Descriptor from) {
    if (!from || from.fd() > STDERR_FILENO) return from;
    return Descriptor(::fcntl(from.fd(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

// A file in memory: what the program reads never makes us wait.
Result<Descriptor> input_file(std::string_view content) {
    Descriptor file = moved_up(Descriptor(::memfd_create("input", MFD_CLOEXEC)));
    if (!file) return fail_call("make", "a file in memory");
    SHOP_CHECK(write_to(file.fd(), content, "a file in memory"));
    if (::lseek(file.fd(), 0, SEEK_SET) != 0) return fail_call("read", "a file in memory");
    return file;
}

// What a program writes: a pipe, and the beginning of what came through it.
class Capture {
public:
    explicit Capture(std::size_t bytes_max) : bytes_max_(bytes_max) {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
        read_ = Descriptor(ends[0]);
        write_ = moved_up(Descriptor(ends[1]));
        ::fcntl(read_.fd(), F_SETFL, O_NONBLOCK);
    }

    bool open() const { return read_ && write_; }
    int read_end() const { return read_.fd(); }
    int write_end() const { return write_.fd(); }
    void started() { write_.close(); }
    std::string take_text() { return std::move(text_); }

    // What is there now: once is enough for all that was written before the program ended.
    void take() {
        std::array<char, kPipeBytes> bytes;
        for (int reads = 0; read_ && reads < 4; ++reads) {
            const ssize_t got = ::read(read_.fd(), bytes.data(), bytes.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) return read_.close();
            text_.append(bytes.data(),
                         std::min(static_cast<std::size_t>(got), bytes_max_ - text_.size()));
        }
    }

private:
    Descriptor read_;
    Descriptor write_;
    std::string text_;
    std::size_t bytes_max_;
};

struct ProgramPlan {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ProgramPlan() {
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawnattr_init(&attributes);
    }
    ~ProgramPlan() {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }
    ProgramPlan(const ProgramPlan&) = delete;
    ProgramPlan& operator=(const ProgramPlan&) = delete;
};

std::string name_of(const std::vector<std::string>& words) {
    return std::filesystem::path(words.front()).filename().string();
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> out;
    out.reserve(words.size() + 1);
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
}

// In a process group of its own, with no descriptor of ours but these and no signal blocked or
// ignored.
Result<pid_t> start_group(std::vector<std::string> words,
                          std::optional<std::vector<std::string>> environment, int in,
                          const Capture& out, const Capture& err) {
    ProgramPlan plan;
    ::posix_spawn_file_actions_adddup2(&plan.files, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&plan.files, out.write_end(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&plan.files, err.write_end(), STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&plan.files, STDERR_FILENO + 1);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&plan.attributes, &none);
    ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
    ::posix_spawnattr_setpgroup(&plan.attributes, 0);
    ::posix_spawnattr_setflags(
        &plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    const auto arguments = pointers_to(words);
    std::vector<char*> given;
    if (environment) given = pointers_to(*environment);
    pid_t pid = 0;
    errno = ::posix_spawnp(&pid, arguments[0], &plan.files, &plan.attributes, arguments.data(),
                           environment ? given.data() : environ);
    if (errno == 0) return pid;
    if (errno == ENOENT)
        return fail(Code::not_found, "There is no program \"" + words.front() +
                                         "\" here: is it installed, and in PATH?");
    Error why = fail_call("start", words.front()).value();
    return fail(Code::internal, std::move(why.message));
}

enum class Ending { by_itself, late, stopped };

// Reads both until the program has ended, its time is over or it is to stop. Whoever it left behind
// may hold the pipes: nobody waits for those.
Ending read_to_end(const Descriptor& child, Capture& out, Capture& err, SteadyTime end,
                   const std::stop_token& stop) {
    const Waiting waiting;
    const auto look = stop.stop_possible() ? kLook : kLookAnyway;
    for (;;) {
        if (stop.stop_requested()) return Ending::stopped;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return Ending::late;
        const int wait = static_cast<int>(std::min(left, look).count());
        // A closed one is -1, which poll passes over.
        std::array<pollfd, 3> watched{
            {{child.fd(), POLLIN, 0}, {out.read_end(), POLLIN, 0}, {err.read_end(), POLLIN, 0}}};
        if (::poll(watched.data(), watched.size(), wait) <= 0) continue;
        out.take();
        err.take();
        if (watched[0].revents != 0) return Ending::by_itself;
    }
}

// Its exit code, or 128 + the signal.
Result<int> status_of(pid_t pid) {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(pid, &status, 0)) < 0 && errno == EINTR) {
    }
    if (ended != pid) return fail(Code::internal, "It is not known how a program ended.");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<ProgramResult> run_program(const std::vector<std::string>& words,
                                  const ProgramOptions& options) {
    const auto end = std::chrono::steady_clock::now() + options.deadline;
    SHOP_TRY(in, input_file(options.input));
    Capture out(options.output_bytes_max), err(options.output_bytes_max);
    if (!out.open() || !err.open()) return fail_call("make", "a pipe");
    SHOP_TRY(pid, start_group(words, options.environment, in.fd(), out, err));
    out.started();
    err.started();
    // glibc 2.36 declares pidfd_open for C alone.
    const Descriptor child(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const Ending ending = read_to_end(child, out, err, end, options.stop);
    if (ending != Ending::by_itself) ::kill(-pid, SIGKILL);
    SHOP_TRY(status, status_of(pid));
    if (ending == Ending::stopped) return fail(Code::unavailable, name_of(words) + " was stopped.");
    if (ending == Ending::late) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.deadline).count();
        return fail(Code::timeout, name_of(words) + " did not end within " +
                                       std::to_string(seconds) + " s and was stopped.");
    }
    return ProgramResult{status, out.take_text(), err.take_text()};
}

std::filesystem::path program_beside(std::string_view name) {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name;
}

}  // namespace shop
