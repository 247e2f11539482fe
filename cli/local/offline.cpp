#include "local/offline.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "base/descriptor.hpp"
#include "base/text.hpp"
#include "local/interrupt.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kAskEveryMs = 100;  // whether somebody pressed Ctrl-C
constexpr std::size_t kFeedBytes = 256 * 1024;
constexpr std::size_t kOutputBytesMax = 64 * 1024;  // of what a daemon prints; ours print a line

// What a child wrote into a file in memory: one that writes much waits for nobody.
std::string written_to(const Descriptor& file) {
    std::string out(kOutputBytesMax, '\0');
    const ssize_t got = ::pread(file.fd(), out.data(), out.size(), 0);
    out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return out;
}

// In the child, between fork and exec: nothing that allocates.
[[noreturn]] void become_offline(const std::array<int, 3>& files, char* const* arguments) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    // A terminal's Ctrl-C goes to us alone; and it does not outlive us.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (int i = 0; i < 3; ++i) ::dup2(files[static_cast<std::size_t>(i)], i);
    ::execvp(arguments[0], arguments);
    constexpr std::string_view message = "it can't be started: is it installed beside shopctl?\n";
    (void)!::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(127);
}

// The message of the last line; a log line is JSON.
std::string last_words(const std::string& err) {
    const auto text = trim(err);
    const auto line = text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
    const auto json = parse_json(line);
    if (json && json->is_object() && json->contains("message") && (*json)["message"].is_string())
        return (*json)["message"].get<std::string>();
    return line.empty() ? "it said nothing" : std::string(line);
}

class OfflineRun {
public:
    OfflineRun(std::string service, std::vector<std::string> words)
        : service_(std::move(service)), words_(std::move(words)) {}

    Result<Json> run(const Source& input) {
        SHOP_TRY(to_child, start());
        auto fed = feed_all(input, to_child);
        to_child.close();
        if (!fed) ::kill(pid_, SIGTERM);
        SHOP_TRY(status, wait());
        SHOP_CHECK(fed);
        return outcome(status);
    }

private:
    Result<Descriptor> start() {
        std::array<int, 2> ends{-1, -1};
        if (out_.fd() < 0 || err_.fd() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0)
            return fail(Code::unavailable, "No pipe can be had: too many open files?");
        const Descriptor to_child(ends[0]);
        Descriptor to_feed(ends[1]);
        ::fcntl(to_feed.fd(), F_SETFL, O_NONBLOCK);
        std::vector<char*> arguments;
        for (auto& word : words_) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ == 0) become_offline({to_child.fd(), out_.fd(), err_.fd()}, arguments.data());
        if (pid_ < 0) return fail(Code::unavailable, "No process can be had.");
        return to_feed;
    }
    Result<void> feed_all(const Source& input, const Descriptor& to) {
        std::string buffer(kFeedBytes, '\0');
        while (input) {
            SHOP_TRY(got, input(buffer));
            if (got == 0) break;
            SHOP_TRY(taken, feed({buffer.data(), got}, to));
            if (!taken) break;
        }
        return {};
    }
    // Whether it still reads; one that does not has its reasons, and says them.
    Result<bool> feed(std::string_view bytes, const Descriptor& to) {
        while (!bytes.empty()) {
            if (Interrupt::wanted()) return Interrupt::failure();
            pollfd pipe{to.fd(), POLLOUT, 0};
            if (::poll(&pipe, 1, kAskEveryMs) <= 0) continue;
            const ssize_t n = ::write(to.fd(), bytes.data(), bytes.size());
            if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
            if (n < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }
    // However long its store takes; Ctrl-C ends it.
    Result<int> wait() {
        int status = 0;
        for (bool told = false;; std::this_thread::sleep_for(std::chrono::milliseconds(5))) {
            const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
            if (ended == pid_) return status;
            if (ended < 0 && errno != EINTR)
                return fail(Code::internal, "shop-" + service_ + " is lost.");
            if (Interrupt::wanted() && !std::exchange(told, true)) ::kill(pid_, SIGTERM);
        }
    }
    Result<Json> outcome(int status) const {
        if (!WIFEXITED(status)) {
            if (Interrupt::wanted()) return Interrupt::failure();
            return fail(Code::internal, "shop-" + service_ + " was ended by signal " +
                                            std::to_string(WTERMSIG(status)) + ".");
        }
        if (WEXITSTATUS(status) != 0)
            return fail(Code::failed_precondition,
                        "shop-" + service_ + ": " + last_words(written_to(err_)));
        auto json = parse_json(trim(written_to(out_)));
        if (json && json->is_object()) return json;
        return fail(Code::internal, "shop-" + service_ + " is of another version than shopctl.");
    }

    std::string service_;
    std::vector<std::string> words_;
    Descriptor out_{::memfd_create("shop-out", MFD_CLOEXEC)};
    Descriptor err_{::memfd_create("shop-err", MFD_CLOEXEC)};
    pid_t pid_ = 0;
};

}  // namespace

fs::path daemon_path(const std::string& service) {
    std::error_code ignored;
    const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    const std::string name = "shop-" + service;
    for (const fs::path& folder :
         {here, here.parent_path() / "sbin", here.parent_path() / "libexec/shop"})
        if (fs::exists(folder / name, ignored)) return folder / name;
    return name;
}

bool has_store(const fs::path& data_dir, const std::string& service) {
    std::error_code ignored;
    return fs::exists(data_dir / "stores" / service / "data.mdb", ignored);
}

Result<Json> run_offline(const fs::path& data_dir, const std::string& service,
                         const std::string& mode, const Source& input) {
    const fs::path store = data_dir / "stores" / service;
    return OfflineRun(service,
                      {daemon_path(service).string(), mode, "--data-dir=" + store.string()})
        .run(input);
}

}  // namespace shop::cli
