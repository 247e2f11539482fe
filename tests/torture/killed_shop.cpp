#include "torture/killed_shop.hpp"

#include <fmt/format.h>

#include <csignal>
#include <stdexcept>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"
#include "support/running_shop.hpp"

namespace shop::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto kAlways = 24h;      // a Process has a limit
constexpr auto kReadyLimit = 60s;  // generous: sanitizers and a busy machine are slow
constexpr int kKilled = 128 + SIGKILL;
constexpr std::size_t kLastWordsBytes = 4000;

std::map<std::string, std::string> environment_of(const std::string& service) {
    const std::string prefix = "SHOP_" + to_upper(service) + "_";
    std::map<std::string, std::string> out{{prefix + "QUEUE_MS_MAX", "60000"},
                                           {prefix + "LOG_LEVEL", "warning"}};
    if (service == "userd") {
        out.emplace(prefix + "PASSWORD_MEMORY_MIB", "8");
        out.emplace(prefix + "PASSWORD_PASSES", "1");
    }
    return out;
}

}  // namespace

const char* name_of(Service service) {
    static constexpr const char* kNames[] = {"userd", "productd", "orderd"};
    return kNames[static_cast<std::size_t>(service)];
}

KilledShop::KilledShop()
    : port_base_(test::free_port_base()), admin_{"admin", "the first administrator"} {
    const auto written = write_file(folder_.path() / "admin.txt",
                                    admin_.username + ":" + admin_.password + "\n", 0600);
    if (!written) throw std::runtime_error(written.error().message);
    for (const auto service : {Service::userd, Service::productd, Service::orderd}) {
        start(service);
        wait_ready();
        if (!faults_.empty()) throw std::runtime_error(faults_.front());
    }
}

KilledShop::Daemon::~Daemon() {
    if (process) process->signal(SIGKILL);
    if (ended.valid()) ended.wait();
}

std::string KilledShop::url(Service service) const {
    return fmt::format("http://127.0.0.1:{}", port_base_ + 1 + static_cast<int>(service));
}

void KilledShop::start(Service service) {
    const std::string name = name_of(service);
    std::vector<std::string> arguments = {
        fmt::format("--port={}", port_base_ + 1 + static_cast<int>(service)),
        "--data-dir=" + (folder_.path() / "stores" / name).string(),
        "--keys-dir=" + (folder_.path() / "keys").string(), "--users-url=" + url(Service::userd),
        "--products-url=" + url(Service::productd)};
    if (service == Service::userd)
        arguments.push_back("--first-admin-file=" + (folder_.path() / "admin.txt").string());
    auto probe = http::Client::make(url(service), {.deadline = 1s, .breaker_failures = 0});
    if (!probe) throw std::runtime_error(probe.error().message);
    Daemon& daemon = daemons_[service];
    daemon.probe = std::move(*probe);
    daemon.ready = false;
    daemon.started = Clock::now();
    daemon.process = std::make_unique<test::Process>(
        test::binary("shop-" + name),
        test::ProcessOptions{
            .arguments = arguments, .environment = environment_of(name), .limit = kAlways});
    // Reads what it writes, too.
    daemon.ended = std::async(std::launch::async,
                              [process = daemon.process.get()] { return process->wait(); });
}

void KilledShop::end_with(Service service, int signal, int exit_code) {
    Daemon& daemon = daemons_.at(service);
    daemon.process->signal(signal);
    const auto outcome = daemon.ended.get();
    if (outcome.exit_code == exit_code) return;
    const std::size_t last = outcome.err.size() - std::min(outcome.err.size(), kLastWordsBytes);
    faults_.push_back(fmt::format("{} ended with {} instead of {}: {}", name_of(service),
                                  outcome.exit_code, exit_code, outcome.err.substr(last)));
}

void KilledShop::kill(Service service) {
    ++figures_.kills[static_cast<std::size_t>(service)];
    if (!daemons_.at(service).ready) ++figures_.killed_before_ready;
    end_with(service, SIGKILL, kKilled);
    start(service);
}

bool KilledShop::look(Daemon& daemon) {
    if (daemon.ready) return true;
    http::Request request;
    request.method = "GET";
    request.target = "/readyz";
    const auto answer = daemon.probe->send(request, true);
    if (!answer || answer->status != 200) return false;
    daemon.ready = true;
    figures_.ready_after.emplace_back(Clock::now() - daemon.started);
    return true;
}

bool KilledShop::look_until(Clock::time_point end) {
    for (;;) {
        bool all = true;
        for (auto& [service, daemon] : daemons_) all = look(daemon) && all;
        if (all || Clock::now() >= end) return all;
        std::this_thread::sleep_for(1ms);
    }
}

void KilledShop::watch(Clock::time_point end) {
    look_until(end);
    std::this_thread::sleep_until(end);
}

void KilledShop::wait_ready() {
    if (look_until(Clock::now() + kReadyLimit)) return;
    for (auto& [service, daemon] : daemons_)
        if (!daemon.ready)
            faults_.push_back(fmt::format("{} is not ready after {} s", name_of(service),
                                          std::chrono::seconds(kReadyLimit).count()));
}

void KilledShop::end() {
    // Orders first: they ask the others.
    for (const auto service : {Service::orderd, Service::productd, Service::userd})
        end_with(service, SIGTERM, 0);
}

}  // namespace shop::torture
