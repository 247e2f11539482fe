// run_daemon in a child process of its own: signals, sockets and exit codes as the system sees
// them.
#include "runtime/service_manager.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "store/upgrade.hpp"
#include "unit/runtime/daemon_child.hpp"

using namespace shop;
using namespace shop::runtime::test;

TEST_CASE("daemon: it serves, drains on SIGTERM and exits with 0", "[runtime]") {
    Child daemon({"--drain-seconds=30"});
    daemon.with_folders().start();
    const std::string url = daemon.url();
    CHECK(status_of(url, "/readyz") == 200);
    CHECK(status_of(url, "/form") == 404);
    // A call that is under way when the signal comes is answered; new ones are not taken.
    int slow = 0;
    std::thread caller([&] { slow = status_of(url, "/v1/whoami"); });
    CHECK(appears([&] { return std::filesystem::exists(daemon.folder() / "store/inside"); }));
    daemon.signal(SIGTERM);
    CHECK(appears([&] { return status_of(url, "/livez") == 0; }));
    std::ofstream(daemon.folder() / "store/go on") << "";
    caller.join();
    CHECK(slow == 200);
    CHECK(daemon.wait() == 0);
    CHECK(daemon.text("err").find("\"drained\"") != std::string::npos);
    CHECK(std::filesystem::exists(daemon.folder() / "keys/noted.key"));
    CHECK(std::filesystem::exists(daemon.folder() / "keys/noted.pub"));
}

TEST_CASE("daemon: a drain ends at drain_seconds", "[runtime]") {
    Child daemon({"--drain-seconds=0"});
    daemon.with_folders().start();
    const std::string url = daemon.url();
    std::thread caller([&] { status_of(url, "/v1/whoami"); });
    CHECK(appears([&] { return std::filesystem::exists(daemon.folder() / "store/inside"); }));
    daemon.signal(SIGTERM);
    CHECK(daemon.logged("cut off requests at the end of drain_seconds").is_object());
    std::ofstream(daemon.folder() / "store/go on") << "";
    caller.join();
    CHECK(daemon.wait() == 0);
}

TEST_CASE("daemon: a second signal ends it at once", "[runtime]") {
    Child daemon({"--drain-seconds=600"});
    daemon.with_folders().start();
    const std::string url = daemon.url();
    std::thread caller([&] { status_of(url, "/v1/whoami"); });
    CHECK(appears([&] { return std::filesystem::exists(daemon.folder() / "store/inside"); }));
    daemon.signal(SIGINT);
    CHECK(appears([&] { return status_of(url, "/livez") == 0; }));
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 1000 + SIGTERM);
    caller.join();
}

TEST_CASE("daemon: SIGHUP reads the log level again", "[runtime]") {
    TempFolder folder;
    const std::string file = (folder.path() / "noted.toml").string();
    std::ofstream(file) << "log_level = \"info\"\n";
    Child served({"--config", file});
    served.with_folders().start();
    const std::string url = served.url();
    std::ofstream(file) << "log_level = \"debug\"\n";
    served.signal(SIGHUP);
    CHECK(served.logged("log level is now debug").is_object());
    CHECK(status_of(url, "/livez") == 200);
    CHECK(served.logged("request").value("endpoint", "") == "livez");
    // A file that is wrong by now changes nothing and ends nothing.
    std::ofstream(file) << "log_level = \"loud\"\n";
    served.signal(SIGHUP);
    CHECK(status_of(url, "/livez") == 200);
    served.signal(SIGTERM);
    CHECK(served.wait() == 0);
    CHECK(served.text("err").find("SIGHUP: --log-level: must be one of") != std::string::npos);
}

TEST_CASE("daemon: bad settings are exit code 2, with the reason on stderr", "[runtime]") {
    const auto refused = [](std::vector<std::string> arguments) {
        Child daemon(std::move(arguments));
        daemon.start();
        CHECK(daemon.wait() == 2);
        return daemon.text("err");
    };
    CHECK(refused({"--prot=1"}).find("--prot is not known") != std::string::npos);
    CHECK(refused({}).find("--data-dir and --keys-dir are needed") != std::string::npos);
    CHECK(refused({"--port=70000"}).find("between 0 and 65535") != std::string::npos);
}

TEST_CASE("daemon: a port that is taken is exit code 1 and names the address", "[runtime]") {
    Child first({});
    first.with_folders().start();
    const std::string url = first.url();
    const std::string port = url.substr(url.rfind(':') + 1);
    Child second({"--port=" + port});
    second.with_folders().start();
    CHECK(second.wait() == 1);
    CHECK(second.text("err").find("127.0.0.1:" + port) != std::string::npos);
    first.signal(SIGTERM);
    CHECK(first.wait() == 0);
}

TEST_CASE("daemon: what only asks is answered on stdout, without a store", "[runtime]") {
    const auto asked = [](const std::string& flag) {
        Child daemon({flag, "--port=81"});
        daemon.start();
        CHECK(daemon.wait() == 0);
        CHECK_FALSE(std::filesystem::exists(daemon.folder() / "store"));
        return daemon.text("out");
    };
    CHECK(asked("--help").find("--data-dir") != std::string::npos);
    CHECK(asked("--version").starts_with("shop-noted " + build_version()));
    CHECK(asked("--print-config").find("port = 81\n") != std::string::npos);
    CHECK(asked("--check-config").empty());
}

TEST_CASE("daemon: --describe says what it is, serves and calls, whatever its settings",
          "[runtime]") {
    Child daemon({"--describe", "--port=many"});
    daemon.start();
    REQUIRE(daemon.wait() == 0);
    const Json said = Json::parse(daemon.text("out"));
    CHECK(said["service"] == "noted");
    CHECK(said["version"] == build_version());
    CHECK(said["commit"] == build_commit());
    CHECK(said["store_format"] == store::store_format());
    CHECK(said["store_reads_from"] == 1);
    const auto serves = said["serves"].get<std::vector<std::string>>();
    CHECK(serves.size() == notes_table().endpoints.size());
    for (const char* endpoint : {"GET /v1/notes/{id}", "POST /v1/notes", "GET /readyz"})
        CHECK_THAT(serves, Catch::VectorContains(std::string(endpoint)));
    const Json needs = {{{"service", "productd"}, {"endpoint", "GET /livez"}},
                        {{"service", "productd"}, {"endpoint", "GET /v1/products"}}};
    CHECK(said["needs"] == needs);
}

TEST_CASE("daemon: the service manager hears READY, WATCHDOG and STOPPING", "[runtime]") {
    Child daemon({});
    const auto path = daemon.folder() / "notify";
    NotifySocket manager(path);
    daemon.with_folders().start([&] {
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "300000", 1);
        ::unsetenv("WATCHDOG_PID");
    });
    CHECK(manager.hears("READY=1"));
    CHECK(manager.hears("WATCHDOG=1"));
    CHECK(manager.hears("WATCHDOG=1"));
    daemon.signal(SIGTERM);
    CHECK(manager.hears("STOPPING=1"));
    CHECK(daemon.wait() == 0);
}

TEST_CASE("daemon: the watchdog hears nothing of one whose front hangs", "[runtime]") {
    Child daemon({});
    const auto path = daemon.folder() / "notify";
    NotifySocket manager(path);
    daemon.with_folders().start([&] {
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "300000", 1);
        ::unsetenv("WATCHDOG_PID");
    });
    CHECK(manager.hears("READY=1"));
    CHECK(manager.hears("WATCHDOG=1"));
    {
        const StoppedThread front(daemon.pid(), "front");
        while (manager.hears("WATCHDOG=1", 0ms)) {
        }
        // At most one that says that it went round before it stood still.
        manager.hears("WATCHDOG=1", 300ms);
        CHECK_FALSE(manager.hears("WATCHDOG=1", 1s));
    }
    CHECK(manager.hears("WATCHDOG=1"));
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
}

TEST_CASE("notify_manager: reaches an abstract socket, and says nothing to nobody", "[runtime]") {
    runtime::notify_manager("READY=1");  // no service manager: nothing happens
    const std::string name = "shop-test-notify-" + std::to_string(::getpid());
    const Socket manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name.copy(at.sun_path + 1, name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    REQUIRE(::bind(manager.fd(), reinterpret_cast<const sockaddr*>(&at), size) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    runtime::notify_manager("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
    std::array<char, 64> buffer{};
    const auto count = ::recv(manager.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    CHECK(std::string_view(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0) ==
          "READY=1");
}

TEST_CASE("passed_sockets and watchdog_patience: what is meant for another process is not for us",
          "[runtime]") {
    const auto with = [](const char* pid_name, const std::string& pid, const char* name,
                         const char* value, const auto& ask) {
        ::setenv(pid_name, pid.c_str(), 1);
        ::setenv(name, value, 1);
        const auto answer = ask();
        ::unsetenv(pid_name);
        ::unsetenv(name);
        return answer;
    };
    const std::string us = std::to_string(::getpid());
    CHECK(runtime::passed_sockets() == 0);
    CHECK(with("LISTEN_PID", "1", "LISTEN_FDS", "1", runtime::passed_sockets) == 0);
    CHECK(with("LISTEN_PID", us, "LISTEN_FDS", "-1", runtime::passed_sockets) == 0);
    CHECK(with("LISTEN_PID", us, "LISTEN_FDS", "x", runtime::passed_sockets) == 0);
    CHECK_FALSE(runtime::watchdog_patience());
    CHECK_FALSE(with("WATCHDOG_PID", "1", "WATCHDOG_USEC", "5", runtime::watchdog_patience));
    CHECK_FALSE(with("WATCHDOG_PID", us, "WATCHDOG_USEC", "0", runtime::watchdog_patience));
    CHECK(with("WATCHDOG_PID", us, "WATCHDOG_USEC", "5", runtime::watchdog_patience) ==
          std::chrono::microseconds(5));
}

TEST_CASE("daemon: it serves on a socket that the service manager opened", "[runtime]") {
    Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(listener.fd(), 16) == 0);
    REQUIRE(::getsockname(listener.fd(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    Child daemon({});
    daemon.with_folders().start([&] {
        if (listener.fd() == 3)
            ::fcntl(3, F_SETFD, 0);
        else
            ::dup2(listener.fd(), 3);
        ::setenv("LISTEN_FDS", "1", 1);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    });
    REQUIRE(daemon.logged("ready").is_object());
    CHECK(status_of("http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)), "/readyz") == 200);
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
}

TEST_CASE("daemon: a Unix socket beside the port", "[runtime]") {
    TempFolder folder;
    const std::string path = (folder.path() / "noted.sock").string();
    Child served({"--socket=" + path, "--course-api"});
    served.with_folders().start();
    CHECK(status_of(served.url(), "/form") == 200);
    CHECK(status_of("unix:" + path, "/readyz") == 200);
    served.signal(SIGTERM);
    CHECK(served.wait() == 0);
}
