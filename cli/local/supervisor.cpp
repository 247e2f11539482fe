#include "local/supervisor.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include "auth/signing_keys.hpp"
#include "base/file.hpp"
#include "gateway/local.hpp"
#include "http/client.hpp"
#include "local/maintenance.hpp"
#include "local/offline.hpp"
#include "local/port.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kReadySeconds = 30;
constexpr int kStopSeconds = 30;
constexpr std::int64_t kStableMs = 10'000;  // up for so long: its failures so far are forgotten

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::int64_t backoff_ms(int failures) {
    return std::min<std::int64_t>(10'000, 200LL << std::min(failures, 6));
}

std::string url_of(int port) { return "http://127.0.0.1:" + std::to_string(port); }

sigset_t watched_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGUSR1}) sigaddset(&set, signal);
    return set;
}

// In the child, between fork and exec: nothing that allocates.
[[noreturn]] void become(const char* program, char* const* arguments, int log) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // A terminal's Ctrl-C goes to us alone; we drain the children in order.
    ::setpgid(0, 0);
    // They do not outlive a supervisor that was killed.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(null, STDIN_FILENO);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execvp(program, arguments);
    constexpr std::string_view message = "can't be started: is shop-… installed beside shopctl?\n";
    (void)!::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(127);
}

bool fits_socket(const fs::path& path) {
    constexpr std::size_t kBytesMax = 100;  // as of the setting `socket`
    return path.native().size() <= kBytesMax;
}

Result<void> check_socket_path(const fs::path& path) {
    if (fits_socket(path)) return {};
    return fail(Code::invalid_argument,
                path.string() +
                    " is too long for a Unix socket, which the gateway needs; choose "
                    "a folder with a shorter path with --data.");
}

// Waits for it.
void end_process(pid_t pid, int signal) {
    ::kill(pid, signal);
    const auto end = now_ms() + kStopSeconds * 1000;
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (now_ms() > end) ::kill(pid, SIGKILL);
        std::this_thread::sleep_for(5ms);
    }
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
    return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Supervisor::Supervisor(LocalOptions options, Say say)
    : options_(std::move(options)), say_(std::move(say)) {
    const int base = static_cast<int>(options_.port_base);
    const int usual_base = api::storefront_service().port;
    for (const auto* table : api::all_daemons())
        children_.push_back({.name = table->name, .port = base + table->port - usual_base});
}

Result<void> Supervisor::prepare() {
    for (const char* folder : {"", "gateway", "keys", "log", "stores"})
        SHOP_CHECK(make_folder(options_.data_dir / folder, 0700));
    // A `shopctl status` that looks right now holds the lock for an instant.
    lock_ = FileLock(options_.data_dir / "lock", FileLock::Kind::exclusive, 200ms);
    SHOP_CHECK(check_no_maintenance(options_.data_dir));
    if (!lock_.held())
        return fail(Code::already_exists, "A shop runs in " + options_.data_dir.string() +
                                              " already. See: shopctl status; end it with: "
                                              "shopctl down");
    SHOP_CHECK(check_restored(options_.data_dir));
    for (const Child& child : children_) SHOP_CHECK(check_port_free(child.port));
    const auto gateway = static_cast<int>(options_.gateway_port);
    if (gateway != 0)
        for (const Child& child : children_)
            SHOP_CHECK(check_socket_path(service_socket(options_.data_dir, child.name)));
    if (gateway != 0 && !check_port_free(gateway))
        return fail(Code::already_exists, "Port " + std::to_string(gateway) +
                                              " is taken. Choose another one with --gateway-port.");
    // A store that was restored into a new folder has its administrators, with their passwords.
    if (!has_store(options_.data_dir, "userd")) SHOP_CHECK(first_admin(options_.data_dir));
    return {};
}

Result<LocalShop> Supervisor::start() {
    SHOP_CHECK(prepare());
    const sigset_t signals = watched_signals();
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    for (Child& child : children_) SHOP_CHECK(spawn(child));
    SHOP_CHECK(save_state());
    for (Child& child : children_) {
        if (auto ready = wait_ready(child); !ready) {
            stop();
            return tl::make_unexpected(ready.error());
        }
    }
    if (options_.gateway_port == 0) return state();
    if (auto started = start_gateway(); !started) {
        stop();
        return tl::make_unexpected(started.error());
    }
    return state();
}

// Its command, for the keys that userd has now.
Result<std::vector<std::string>> Supervisor::gateway_words() {
    std::vector<GatewayService> services;
    for (const auto* table : api::all_daemons())
        services.push_back(
            {table, {"unix:" + service_socket(options_.data_dir, table->name).string()}});
    gateway_keys_ = auth::keys_stamp(options_.data_dir / "keys", "userd");
    return prepare_gateway(options_.data_dir, std::move(services), options_.gateway_port,
                           system_clock().now());
}

// After userd's keys were rotated: HAProxy reads keys at its start alone. The new one gets the
// listeners from the old one, which ends with what it has under way: no connection is refused.
void Supervisor::renew_gateway() {
    Child& gateway = children_.back();
    if (gateway.gateway_words.empty() || gateway.pid == 0 || gateway.former != 0 ||
        auth::keys_stamp(options_.data_dir / "keys", "userd") == gateway_keys_)
        return;
    const pid_t running = gateway.pid;
    auto words = gateway_words();
    if (words) {
        gateway.gateway_words = std::move(*words);
        gateway.former = running;
        const auto spawned = spawn(gateway);
        if (spawned) return say_("userd's keys have changed: the gateway starts anew with them.");
        words = tl::make_unexpected(spawned.error());
    }
    gateway.pid = running;
    gateway.former = 0;
    say_("The gateway goes on with the keys that userd had: " + words.error().message);
}

// After the services, since it reads userd's public key. Over Unix sockets, so that they believe
// whom it names as its client: on a port of loopback any program of this machine could.
Result<void> Supervisor::start_gateway() {
    SHOP_TRY(words, gateway_words());
    children_.push_back({.name = "gateway",
                         .gateway_words = std::move(words),
                         .port = static_cast<int>(options_.gateway_port)});
    SHOP_CHECK(spawn(children_.back()));
    SHOP_CHECK(save_state());
    return wait_ready(children_.back());
}

// Over its Unix socket a service believes who the client is; on a port of loopback any program of
// this machine could say so.
std::string Supervisor::service_url(const Child& child) const {
    const auto socket = service_socket(options_.data_dir, child.name);
    return fits_socket(socket) ? "unix:" + socket.string() : url_of(child.port);
}

std::vector<std::string> Supervisor::storefront_words() const {
    return {"--users-url=" + service_url(children_[0]),
            "--products-url=" + service_url(children_[1]),
            "--orders-url=" + service_url(children_[2])};
}

std::vector<std::string> Supervisor::daemon_words(const Child& child) const {
    std::vector<std::string> words = {
        daemon_path(child.name).string(), "--port=" + std::to_string(child.port),
        "--data-dir=" + (options_.data_dir / "stores" / child.name).string(),
        "--keys-dir=" + (options_.data_dir / "keys").string(),
        options_.course_api ? "--course-api" : "--no-course-api"};
    if (const auto socket = service_socket(options_.data_dir, child.name); fits_socket(socket))
        words.push_back("--socket=" + socket.string());
    const auto add = [&](const std::vector<std::string>& more) {
        words.insert(words.end(), more.begin(), more.end());
    };
    if (child.name == "storefrontd")
        add(storefront_words());
    else
        add({"--users-url=" + url_of(children_[0].port),
             "--products-url=" + url_of(children_[1].port)});
    if (child.name == "userd")
        add({"--first-admin-file=" + (options_.data_dir / "admin.txt").string(),
             "--public-url=" +
                 (options_.gateway_port == 0
                      ? url_of(children_[3].port)
                      : "https://localhost:" + std::to_string(options_.gateway_port))});
    return words;
}

Result<void> Supervisor::spawn(Child& child) {
    const std::string& name = child.name;
    const fs::path log_path = options_.data_dir / "log" / (name + ".log");
    const int log = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) return fail(Code::unavailable, "Can't write to " + log_path.string() + ".");
    ::lseek(log, 0, SEEK_END);  // HAProxy takes O_APPEND away
    auto words = child.gateway_words.empty() ? daemon_words(child) : child.gateway_words;
    if (child.former != 0)
        words.insert(words.end(), {"-x", gateway_socket(options_.data_dir).string(), "-sf",
                                   std::to_string(child.former)});
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    child.pid = ::fork();
    if (child.pid == 0) become(arguments[0], arguments.data(), log);
    ::close(log);
    if (child.pid < 0)
        return fail(Code::unavailable, "Can't start " + name + ": no process is free.");
    child.started_ms = now_ms();
    return {};
}

Result<void> Supervisor::wait_ready(Child& child) {
    SHOP_TRY(client,
             http::Client::make(url_of(child.port), {.deadline = 1s, .breaker_failures = 0}));
    http::Request request;
    request.method = "GET";
    request.target = "/readyz";
    const std::string log = (options_.data_dir / "log" / (child.name + ".log")).string();
    for (const auto end = now_ms() + kReadySeconds * 1000; now_ms() < end;) {
        // What listens passes on; whether the services are ready is known already.
        if (!child.gateway_words.empty() && !check_port_free(child.port)) return {};
        const auto answer = client->send(request, true);
        if (child.gateway_words.empty() && answer && answer->status == 200) return {};
        int status = 0;
        if (::waitpid(child.pid, &status, WNOHANG) == child.pid) {
            child.pid = 0;  // the kernel may give it to somebody else
            return fail(Code::unavailable,
                        child.name + " " + how_it_ended(status) + ". Its log says why: " + log);
        }
        std::this_thread::sleep_for(5ms);
    }
    return fail(Code::timeout, child.name + " is not ready after " + std::to_string(kReadySeconds) +
                                   " s. See its log: " + log);
}

Result<void> Supervisor::watch() {
    const sigset_t signals = watched_signals();
    Result<void> outcome;
    while (outcome) {
        const timespec pause{0, 200'000'000};
        const int signal = ::sigtimedwait(&signals, nullptr, &pause);
        if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP) break;
        if (signal == SIGUSR1) begin_maintenance();
        reap();
        if (maintenance_)
            outcome = end_maintenance();
        else
            restart_due(), renew_gateway();
    }
    stop();
    return outcome;
}

// Whoever asked for it holds the maintenance lock, or has died.
void Supervisor::begin_maintenance() {
    say_("Somebody works on the stores: the services stop until that is done.");
    stop_children();
    maintenance_ = true;
    if (const auto saved = save_state(); !saved) say_(saved.error().message);
}

Result<void> Supervisor::end_maintenance() {
    if (!check_no_maintenance(options_.data_dir)) return {};
    SHOP_CHECK(check_restored(options_.data_dir));
    maintenance_ = false;
    for (Child& child : children_) child.failures = 0, child.restart_at_ms = 0;
    restart_due();
    say_("The services start again.");
    return {};
}

void Supervisor::reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
        for (Child& child : children_)
            if (child.pid == pid)
                child_died(child, status);
            else if (child.former == pid)
                child.former = 0;
}

void Supervisor::child_died(Child& child, int status) {
    if (now_ms() - child.started_ms > kStableMs) child.failures = 0;
    const std::int64_t wait = backoff_ms(child.failures++);
    child.pid = 0;
    child.restart_at_ms = now_ms() + wait;
    say_(child.name + " " + how_it_ended(status) + "; starting it again in " +
         std::to_string(wait) +
         " ms. Its log: " + (options_.data_dir / "log" / (child.name + ".log")).string());
}

void Supervisor::restart_due() {
    bool changed = false;
    for (Child& child : children_) {
        if (child.pid != 0 || now_ms() < child.restart_at_ms) continue;
        if (const auto spawned = spawn(child); !spawned) {
            child.restart_at_ms = now_ms() + backoff_ms(child.failures++);
            say_(spawned.error().message);
            continue;
        }
        changed = true;
    }
    if (changed)
        if (const auto saved = save_state(); !saved) say_(saved.error().message);
}

void Supervisor::stop() {
    stop_children();
    std::error_code ignored;
    fs::remove(options_.data_dir / "shop.json", ignored);
}

void Supervisor::stop_children() {
    // Orders first: they ask the others.
    for (auto child = children_.rbegin(); child != children_.rend(); ++child) {
        // HAProxy lets answers under way leave on SIGUSR1 alone.
        const int signal = child->gateway_words.empty() ? SIGTERM : SIGUSR1;
        for (pid_t* pid : {&child->former, &child->pid}) {
            if (*pid > 0) end_process(*pid, signal);
            *pid = 0;
        }
    }
}

LocalShop Supervisor::state() const {
    LocalShop shop{::getpid(), options_.port_base, {}, maintenance_, ""};
    for (const Child& child : children_) {
        if (child.gateway_words.empty())
            shop.services.push_back({child.name, child.port, child.pid, url_of(child.port)});
        else
            shop.gateway = "https://localhost:" + std::to_string(child.port);
    }
    return shop;
}

Result<void> Supervisor::save_state() const {
    return write_file(options_.data_dir / "shop.json", schema::encode_text(state()) + "\n", 0600);
}

}  // namespace shop::cli
