// run_daemon in a child process of its own, with a service manager that listens; for the tests of a
// daemon's life.
//
// Thread safety: one thread.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>

#include "http/client.hpp"
#include "http/socket.hpp"
#include "runtime/daemon.hpp"
#include "unit/runtime/notes.hpp"

namespace shop::runtime::test {

using shop::http::Socket;

// What noted calls of others, for --describe.
inline const Needs& note_needs() {
    static const Needs needs(api::products_service(), {"livez", "product_list"});
    return needs;
}

class NoteApp : public runtime::App {
public:
    explicit NoteApp(const runtime::DaemonContext& context)
        : notes_(context.settings.data_dir, context.verifier, context.clock, context.metrics,
                 context.settings.course_api) {
        // A call that takes as long as the test wants: it says "inside" and waits for "go on".
        const std::filesystem::path folder = context.settings.data_dir;
        notes_.hooks.in_whoami = [folder](const runtime::Call&) {
            std::ofstream(folder / "inside") << "";
            appears([&] { return std::filesystem::exists(folder / "go on"); });
        };
    }
    runtime::Service& service() override { return notes_.service(); }

private:
    NoteService notes_;
};

// One daemon: started by start(), its output in files, ended at the latest with the object.
class Child {
public:
    explicit Child(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    Child& with_folders() {
        arguments_.push_back("--data-dir=" + (folder_.path() / "store").string());
        arguments_.push_back("--keys-dir=" + (folder_.path() / "keys").string());
        return *this;
    }
    std::filesystem::path folder() const { return folder_.path(); }
    void start(const std::function<void()>& in_child = [] {}) {
        std::cout.flush();  // else the child would write what the test program still holds back
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) ::_exit(run(in_child));
    }
    pid_t pid() const { return pid_; }
    void signal(int number) const { REQUIRE(::kill(pid_, number) == 0); }
    // The exit code, or 1000 and the signal that ended it; -1 where it lives on for 20 s.
    int wait() {
        for (int i = 0; i < 2000; ++i) {
            int status = 0;
            if (::waitpid(pid_, &status, WNOHANG) == pid_) {
                pid_ = 0;
                return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
            }
            std::this_thread::sleep_for(10ms);
        }
        return -1;
    }
    std::string text(const std::string& name) const {
        std::ifstream file(folder_.path() / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // The first log line with this message; null where none comes within 20 s.
    Json logged(const std::string& message) const {
        for (int i = 0; i < 2000; ++i) {
            std::ifstream file(folder_.path() / "err");
            for (std::string line; std::getline(file, line);) {
                const auto json = parse_json(line);
                if (json && json->value("message", "") == message) return *json;
            }
            std::this_thread::sleep_for(10ms);
        }
        return {};
    }
    std::string url() const {
        const Json ready = logged("ready");
        REQUIRE(ready.is_object());
        return "http://127.0.0.1:" + std::to_string(ready["port"].get<int>());
    }

private:
    int run(const std::function<void()>& in_child) {
        for (const auto& [name, fd] : {std::pair{"out", STDOUT_FILENO}, {"err", STDERR_FILENO}})
            ::dup2(::open((folder_.path() / name).c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600),
                   fd);
        in_child();
        std::vector<char*> argv;
        std::string program = "shop-noted";
        argv.push_back(program.data());
        for (auto& argument : arguments_) argv.push_back(argument.data());
        const runtime::DaemonSpec spec{
            &notes_table(),
            {},
            [](const runtime::DaemonContext& context) -> Result<std::unique_ptr<runtime::App>> {
                return std::make_unique<NoteApp>(context);
            },
            {},
            {&note_needs()}};
        const int code = runtime::run_daemon(spec, static_cast<int>(argv.size()), argv.data());
        std::cout.flush();
        return code;
    }

    TempFolder folder_;
    std::vector<std::string> arguments_;
    pid_t pid_ = 0;
};

// 0 where nobody answers.
inline int status_of(const std::string& url, const std::string& target) {
    auto client = http::Client::make(url, {.deadline = 30s});
    if (!client) throw std::runtime_error(client.error().message);
    http::Request request;
    request.method = "GET";
    request.target = target;
    const auto response = (*client)->send(request, false);
    return response ? response->status : 0;
}

// A thread of a child that stands still as long as this lives: one that hangs, for all the others
// can tell.
class StoppedThread {
public:
    StoppedThread(pid_t process, const std::string& name) {
        const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
        for (const auto& task : std::filesystem::directory_iterator(tasks)) {
            std::string is;
            std::getline(std::ifstream(task.path() / "comm") >> std::ws, is);
            if (is == name) thread_ = std::stoi(task.path().filename());
        }
        REQUIRE(thread_ != 0);
        REQUIRE(::ptrace(PTRACE_ATTACH, thread_, nullptr, nullptr) == 0);
        REQUIRE(::waitpid(thread_, nullptr, __WALL) == thread_);
    }
    ~StoppedThread() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }
    StoppedThread(const StoppedThread&) = delete;
    StoppedThread& operator=(const StoppedThread&) = delete;

private:
    pid_t thread_ = 0;
};

// Where a service manager would listen to a daemon (sd_notify(3)).
class NotifySocket {
public:
    explicit NotifySocket(const std::filesystem::path& path)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        path.string().copy(at.sun_path, sizeof at.sun_path - 1);
        REQUIRE(::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    }
    // Whether this message comes before there was silence for so long.
    bool hears(const std::string& message, std::chrono::milliseconds patience = 20s) {
        for (;;) {
            pollfd waiting{socket_.fd(), POLLIN, 0};
            if (::poll(&waiting, 1, static_cast<int>(patience.count())) != 1) return false;
            char buffer[512];
            const auto count = ::recv(socket_.fd(), buffer, sizeof buffer, 0);
            if (count < 0) return false;
            if (std::string_view(buffer, static_cast<std::size_t>(count)) == message) return true;
        }
    }

private:
    Socket socket_;
};

}  // namespace shop::runtime::test
