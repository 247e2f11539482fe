#include "runtime/daemon.hpp"

#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "http/front.hpp"
#include "http/tls.hpp"
#include "runtime/describe.hpp"
#include "runtime/front_setup.hpp"
#include "runtime/health.hpp"
#include "runtime/log.hpp"
#include "runtime/offline.hpp"
#include "runtime/peers.hpp"
#include "runtime/service_manager.hpp"

namespace shop::runtime {
namespace {

using namespace std::chrono_literals;

constexpr int kExitSettings = 2;

sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    return set;
}

int say_failed(const Error& error, int exit_code) {
    log::error(error.message);
    return exit_code;
}

void say_certificate(const http::TlsServer& tls) {
    const bool over = tls.not_after() <= system_clock().now();
    log::write(over ? log::Level::error : log::Level::info,
               over ? "the TLS certificate has ended: put a new one in its place and send SIGHUP"
                    : "TLS certificate read",
               {{"not_after", format_time(tls.not_after())}});
}

class Daemon {
public:
    Daemon(const DaemonSpec& spec, std::vector<std::string> arguments)
        : spec_(spec), name_(spec.table->name), arguments_(std::move(arguments)) {
        groups_ = {{&schema::type_of<DaemonSettings>(), &settings_}};
        groups_.insert(groups_.end(), spec.settings.begin(), spec.settings.end());
    }

    int run();

private:
    bool asked_for(std::string_view flag) const {
        return std::ranges::find(arguments_, flag) != arguments_.end();
    }
    int answer(const CommandLine& line) const;
    int say_health() const;
    int work_offline(const CommandLine& line);
    Result<void> check();
    Result<void> serve();
    Result<void> listen(http::Front& front);
    Result<bool> adopt_sockets(http::Front& front);
    void wait_for_end(http::Front& front);
    Result<void> read_peers();
    Result<void> load_certificates();
    void reload();
    void reload_certificates();
    void reload_log_level();

    const DaemonSpec& spec_;
    std::string name_;
    std::vector<std::string> arguments_;
    DaemonSettings settings_;
    std::vector<SettingsGroup> groups_;
    std::vector<unsigned> socket_uids_;
    std::vector<std::string> proxies_;
    std::shared_ptr<http::TlsServer> tls_;             // null: without
    std::shared_ptr<http::TlsClient> calls_over_tls_;  // null: see DaemonContext
};

int Daemon::run() {
    log::set_service(name_);
    if (asked_for("--help")) {
        std::cout << settings_help(name_, groups_);
        return 0;
    }
    if (asked_for("--describe")) {
        std::cout << dump(description_of(spec_)) << "\n";
        return 0;
    }
    const auto line = read_settings(name_, arguments_, process_environment(), groups_);
    // A container's keeper knows no other failure of a health check than 1.
    if (!line) return say_failed(line.error(), asked_for("--health") ? 1 : kExitSettings);
    log::set_level(log::level_named(settings_.log_level));
    if (line->version || line->print_config) return answer(*line);
    if (line->health) return say_health();
    if (line->restore || line->compact) return work_offline(*line);
    if (const auto good = check(); !good) return say_failed(good.error(), kExitSettings);
    if (line->check_config) return 0;
    if (settings_.data_dir.empty() || settings_.keys_dir.empty())
        return say_failed({Code::invalid_argument,
                           "--data-dir and --keys-dir are needed: where the store and the "
                           "services' keys are. See: shop-" +
                               name_ + " --help"},
                          kExitSettings);
    const auto served = serve();
    return served ? 0 : say_failed(served.error(), 1);
}

int Daemon::answer(const CommandLine& line) const {
    if (line.version)
        std::cout << "shop-" << name_ << " " << build_version() << " (" << build_commit() << ")\n";
    else
        std::cout << print_settings(groups_);
    return 0;
}

int Daemon::say_health() const {
    const auto healthy = check_health(settings_, *spec_.table);
    return healthy ? 0 : say_failed(healthy.error(), 1);
}

// What the tables of the settings cannot know.
Result<void> Daemon::check() {
    SHOP_CHECK(read_peers());
    SHOP_CHECK(load_certificates());
    return spec_.check ? spec_.check() : Result<void>();
}

int Daemon::work_offline(const CommandLine& line) {
    if (settings_.data_dir.empty())
        return say_failed({Code::invalid_argument, "--data-dir is needed: where the store is"},
                          kExitSettings);
    const auto done =
        line.restore ? restore_from_stdin(settings_.data_dir) : compact(settings_.data_dir);
    return done ? 0 : say_failed(done.error(), 1);
}

// Sockets that the service manager opened for us. Whether there were any.
Result<bool> Daemon::adopt_sockets(http::Front& front) {
    const int count = passed_sockets();
    for (int i = 0; i < count; ++i) SHOP_CHECK(front.listen_fd(kFirstPassedSocket + i));
    return count > 0;
}

Result<void> Daemon::listen(http::Front& front) {
    SHOP_TRY(adopted, adopt_sockets(front));
    if (adopted) return {};
    const auto port = settings_.port ? settings_.port : spec_.table->port;
    SHOP_CHECK(front.listen_tcp(settings_.listen, static_cast<std::uint16_t>(port)));
    if (!settings_.socket.empty()) SHOP_CHECK(front.listen_unix(settings_.socket, 0660));
    return {};
}

Result<void> Daemon::serve() {
    // Threads inherit the mask: only wait_for_end() sees these signals.
    const sigset_t signals = handled_signals();
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    SHOP_CHECK(auth::ensure_keys(settings_.keys_dir, name_));
    SHOP_TRY(signer, auth::Signer::open(settings_.keys_dir, name_, system_clock()));
    const auto verifier = auth::Verifier::open(settings_.keys_dir, system_clock());
    Metrics metrics(build_version(), build_commit());
    SHOP_TRY(app, spec_.make({settings_, system_clock(), metrics, *verifier, *signer,
                              build_version(), build_commit(), calls_over_tls_}));
    Service& service = app->service();
    raise_descriptor_limit(settings_.connections_max);
    http::FrontOptions options = front_options(settings_);
    options.tls = tls_;
    options.socket_uids = socket_uids_;
    options.trusted_proxies = proxies_;
    options.on_stranger = [](unsigned uid) {
        log::warning("a process may not use the Unix socket",
                     {{"uid", uid}, {"remedy", "name its user in socket_users if it should"}});
    };
    options.vital = [&](const http::Request& request) { return service.vital(request); };
    options.body_bytes_of = [&](const http::Request& request) {
        return service.body_bytes_max(request);
    };
    http::Front front(
        std::move(options), [&](http::Request& request) { return service.handle(request); },
        [&](int status, std::string_view reason) { return service.refusal(status, reason); },
        [](std::string_view text) {
            log::error("the front failed", {{"what", text}});
        });
    SHOP_CHECK(listen(front));
    service.set_front_stats([&] { return front.stats(); });
    app->start();
    if (auto started = front.start(); !started) {
        app->stop();
        return started;
    }
    malloc_trim(0);  // what the start alone needed: about a megabyte
    notify_manager("READY=1");
    log::info("ready", {{"port", front.port()}, {"version", build_version()}});
    wait_for_end(front);
    notify_manager("STOPPING=1");
    service.set_ready(false);
    const bool drained = front.drain(std::chrono::seconds(settings_.drain_seconds));
    app->stop();
    log::info(drained ? "drained" : "cut off requests at the end of drain_seconds");
    return {};
}

// Until SIGTERM or SIGINT; a second one then ends the process at once. Tells the watchdog that we
// live, as long as the front does.
void Daemon::wait_for_end(http::Front& front) {
    const sigset_t signals = handled_signals();
    const auto watched = watchdog_patience();
    const std::int64_t pause_us = watched ? watched->count() / 3 : 3'600'000'000;
    for (;;) {
        const timespec pause{pause_us / 1'000'000, (pause_us % 1'000'000) * 1000};
        const int signal = sigtimedwait(&signals, nullptr, &pause);
        if (signal == SIGTERM || signal == SIGINT) break;
        if (signal == SIGHUP) reload();
        if (watched && front.went_round()) notify_manager("WATCHDOG=1");
    }
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, SIG_DFL);
    sigset_t ending = signals;
    sigdelset(&ending, SIGHUP);
    pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

Result<void> Daemon::read_peers() {
    SHOP_TRY(uids, socket_uids(settings_.socket_users));
    SHOP_TRY(proxies, proxy_addresses(settings_.trusted_proxies));
    socket_uids_ = std::move(uids);
    proxies_ = std::move(proxies);
    return {};
}

Result<void> Daemon::load_certificates() {
    const http::TlsFiles ours{settings_.tls_certificate, settings_.tls_key,
                              settings_.tls_client_ca};
    if (ours.certificate.empty() != ours.key.empty())
        return fail(Code::invalid_argument,
                    "TLS needs both: --tls-certificate and --tls-key, or neither");
    if (ours.certificate.empty() && !ours.authorities.empty())
        return fail(Code::invalid_argument,
                    "--tls-client-ca needs --tls-certificate and --tls-key: clients show a "
                    "certificate over TLS alone");
    if (!ours.certificate.empty() || !settings_.tls_ca.empty()) {
        SHOP_TRY(client, http::TlsClient::make({ours.certificate, ours.key, settings_.tls_ca}));
        calls_over_tls_ = std::move(client);
    }
    if (ours.certificate.empty()) return {};
    SHOP_TRY(loaded, http::TlsServer::load(ours));
    tls_ = std::move(loaded);
    say_certificate(*tls_);
    return {};
}

void Daemon::reload() {
    reload_log_level();
    reload_certificates();
}

void Daemon::reload_certificates() {
    const auto stays = [](const Error& why) {
        log::error("the certificate in use stays: " + why.message);
    };
    if (calls_over_tls_)
        if (const auto reloaded = calls_over_tls_->reload(); !reloaded)
            return stays(reloaded.error());
    if (!tls_) return;
    if (const auto reloaded = tls_->reload(); !reloaded) return stays(reloaded.error());
    say_certificate(*tls_);
}

void Daemon::reload_log_level() {
    DaemonSettings fresh;
    auto groups = groups_;
    groups[0].values = &fresh;
    // The daemon's own groups are checked again too: make() keeps no reference into them.
    if (const auto read = read_settings(name_, arguments_, process_environment(), groups); !read)
        return log::error("SIGHUP: " + read.error().message);
    log::set_level(log::level_named(fresh.log_level));
    log::info("log level is now " + fresh.log_level);
}

}  // namespace

int run_daemon(const DaemonSpec& spec, int argc, char** argv) {
    // Each thread with an arena of its own would keep megabytes for nothing.
    mallopt(M_ARENA_MAX, 2);
    return Daemon(spec, {argv + 1, argv + argc}).run();
}

}  // namespace shop::runtime
