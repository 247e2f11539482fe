#include "gateway/haproxy.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "http/tls.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::days kRenewBefore{14};

class MemoryFile {
public:
    explicit MemoryFile(const char* name) : fd_(::memfd_create(name, MFD_CLOEXEC)) {}
    int fd() const { return fd_.fd(); }
    std::string content() const {
        return read_file("/proc/self/fd/" + std::to_string(fd())).value_or("");
    }
    bool write(std::string_view text) const {
        return write_to(fd(), text, "memory") && ::lseek(fd(), 0, SEEK_SET) == 0;
    }

private:
    const Descriptor fd_;
};

// Its exit code; -1 where it can't be run.
int run_haproxy(const fs::path& program, int configuration, int output) {
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    // Output first: the configuration's place may be where one of ours is now.
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, configuration, STDIN_FILENO);
    std::array<std::string, 4> words{program.string(), "-c", "-f", "/proc/self/fd/0"};
    std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(),
                                   words[3].data(), nullptr};
    pid_t pid = 0;
    const int failed =
        ::posix_spawn(&pid, words[0].c_str(), &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    int status = 0;
    if (failed != 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

}  // namespace

Result<fs::path> find_haproxy() {
    const char* path = std::getenv("PATH");
    const std::string folders = std::string(path ? path : "") + ":/usr/sbin:/usr/local/sbin";
    for (const auto folder : split(folders, ':')) {
        const fs::path program = fs::path(folder) / "haproxy";
        if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
    }
    return fail(Code::failed_precondition,
                "HAProxy is not installed. Install it with: sudo apt install haproxy");
}

Result<std::string> check_configuration(const std::string& text) {
    SHOP_TRY(program, find_haproxy());
    const MemoryFile configuration("haproxy.cfg"), output("haproxy-says");
    if (!configuration.write(text))
        return fail(Code::unavailable, "The configuration can't be kept: is memory left?");
    const int code = run_haproxy(program, configuration.fd(), output.fd());
    std::string words(trim(output.content()));
    if (code != 0) return fail(Code::failed_precondition, "HAProxy refuses it:\n" + words);
    return words == "Configuration file is valid" ? "" : words;
}

Result<Time> check_certificate(const fs::path& certificate, Time now) {
    auto loaded = http::TlsServer::load({certificate, key_of(certificate)});
    if (!loaded)
        return fail(Code::failed_precondition,
                    "The certificate is of no use: " + loaded.error().message);
    const Time end = (*loaded)->not_after();
    if (end <= now)
        return fail(Code::failed_precondition, certificate.string() + " is over since " +
                                                   format_time(end) +
                                                   "; get a new one and render again.");
    return end;
}

bool ends_soon(Time end, Time now) { return end - now < kRenewBefore; }

}  // namespace shop::cli
