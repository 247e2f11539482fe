// Runs programs as a person at a shell would: arguments, environment, standard input; what they
// write, how they end, and never longer than a limit.
//
// Thread safety: run() may be called from several threads; a Process belongs to one, but for
// signal() while another waits.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace shop::test {

struct Outcome {
    int exit_code = -1;  // 128 + signal where one ended it; -1 where the limit did
    std::string out;
    std::string err;
};

struct ProcessOptions {
    std::vector<std::string> arguments = {};
    // On top of this program's own; an empty value stands for "not set".
    std::map<std::string, std::string> environment = {};
    std::string input = {};
    std::chrono::seconds limit{120};
};

// A program that was started; killed at the end of its life where it still runs.
class Process {
public:
    Process(const std::filesystem::path& program, const ProcessOptions& options);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    // Until it ends, or the limit is over (then it is killed).
    Outcome wait();

private:
    // Moves bytes until both outputs are closed. Whether that was before the limit.
    bool pump(Outcome& outcome);
    bool feed();
    void close_all();

    pid_t pid_ = 0;
    int in_ = -1, out_ = -1, err_ = -1;
    std::string input_;
    std::chrono::steady_clock::time_point end_;
};

Outcome run(const std::filesystem::path& program, const ProcessOptions& options);

// Asks again and again until `done` says yes. Whether it did before `limit`.
template <class Done>
bool eventually(Done done, std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

}  // namespace shop::test
