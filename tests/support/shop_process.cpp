#include "support/shop_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>

namespace shop::test {
namespace {

constexpr int kRunSecondsMax = 120;

bool port_is_free(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* generic = &address;
    const bool free = ::bind(fd, static_cast<const sockaddr*>(generic), sizeof address) == 0;
    ::close(fd);
    return free;
}

[[noreturn]] void become(const std::vector<std::string>& words, const Variables& variables,
                         const std::array<int, 3>& fds) {
    for (int i = 0; i < 3; ++i) ::dup2(fds[static_cast<std::size_t>(i)], i);
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> copy = words;
    std::vector<char*> arguments;
    for (auto& word : copy) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

std::string content(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    ::lseek(fd, 0, SEEK_SET);
    for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(n));
    return text;
}

// A nameless file: unlike a pipe it never blocks, and a daemon that keeps it open does no harm.
int scratch_file(const std::string& text) {
    const int fd = ::memfd_create("scratch", 0);
    if (fd < 0 || ::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("no scratch file");
    ::lseek(fd, 0, SEEK_SET);
    return fd;
}

}  // namespace

Ran run_program(const std::vector<std::string>& words, const Variables& variables,
                const std::string& input) {
    const std::array<int, 3> fds = {scratch_file(input), scratch_file(""), scratch_file("")};
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("no process");
    if (pid == 0) become(words, variables, fds);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kRunSecondsMax);
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end) ::kill(pid, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    Ran ran{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(fds[1]),
            content(fds[2])};
    for (const int fd : fds) ::close(fd);
    return ran;
}

int free_port_base() {
    for (int base = 20000 + ::getpid() % 4000 * 4; base < 60000; base += 4)
        if (port_is_free(base + 1) && port_is_free(base + 2) && port_is_free(base + 3)) return base;
    FAIL("no free ports");
    return 0;
}

RunningShop::RunningShop(bool import_sample) : port_base_(free_port_base()) {
    variables_ = {{"SHOPCTL_CONFIG", (folder() / "config.json").string()},
                  {"SHOP_USERD_PASSWORD_MEMORY_MIB", "8"},
                  {"SHOP_USERD_PASSWORD_PASSES", "1"}};
    const Ran up =
        ctl({"up", "--detach", "--data", data(), "--port-base", std::to_string(port_base_)});
    INFO(up.err);
    REQUIRE(up.exit_code == 0);
    if (!import_sample) return;
    const Ran import =
        ctl({"product", "import", SHOP_SOURCE_DIR "/packaging/sample/catalogue.csv"});
    INFO(import.err);
    REQUIRE(import.exit_code == 0);
}

RunningShop::~RunningShop() { ctl({"down", "--data", data()}); }

std::string RunningShop::url(int service) const {
    return "http://127.0.0.1:" + std::to_string(port_base_ + service);
}

Ran RunningShop::ctl(std::vector<std::string> words, const std::string& input) const {
    words.insert(words.begin(), SHOP_BIN_DIR "/shopctl");
    return run_program(words, variables_, input);
}

Json RunningShop::json(std::vector<std::string> words, const std::string& input) const {
    words.insert(words.end(), {"-o", "json"});
    const Ran ran = ctl(std::move(words), input);
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const auto json = parse_json(ran.out);
    REQUIRE(json);
    return *json;
}

void RunningShop::sign_up(const std::string& name) const {
    const std::string password = name + " secret\n";
    REQUIRE(ctl({"user", "create", name, "--email", name + "@example.org"}, password).exit_code ==
            0);
    REQUIRE(ctl({"context", "set", name, "--users-url", url(1), "--products-url", url(2),
                 "--orders-url", url(3)})
                .exit_code == 0);
    REQUIRE(ctl({"--context", name, "login", name}, password).exit_code == 0);
}

long RunningShop::pid_of(const std::string& service) const {
    for (const Json& row : json({"status", "--data", data()}))
        if (row["service"] == service) return row["pid"].get<long>();
    return 0;
}

}  // namespace shop::test
