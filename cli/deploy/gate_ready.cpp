#include "deploy/gate_ready.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "api/endpoint.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kAskPause = 100ms;
constexpr auto kManagerPause = 500ms;  // each question may be a program that is run

bool is_service(std::string_view name) {
    return std::ranges::any_of(api::all_services(),
                               [&](const auto* table) { return table->name == name; });
}

// Another service, or what the service itself says that it cannot do without.
bool is_needed(const api::HealthCheck& check) { return check.vital || is_service(check.name); }

// The checks that fail and are needed, or those that are not; empty where there are none.
std::string failing(const std::string& service, const api::Health& health, bool needed) {
    std::string out;
    for (const auto& check : health.checks)
        if (!check.ok && is_needed(check) == needed)
            out += fmt::format("{}{} has no {}{}{}", out.empty() ? "" : "; ", service, check.name,
                               check.detail.empty() ? "" : ": ", check.detail);
    return out;
}

// Why it is not ready; empty where it is.
std::string not_ready(const ServiceProbe& probe) {
    const auto health = probe.health();
    if (!health) return health.error().message;
    if (health->status != "unavailable") return "";
    const std::string why = failing(probe.name(), *health, true);
    return why.empty() ? "it says unavailable" : why;
}

// What it lacks; empty where that is nothing.
std::string missing(const ServiceProbe& probe, const Say& say) {
    const auto health = probe.health();
    if (!health) return health.error().message;
    const std::string out = failing(probe.name(), *health, true);
    const std::string told = failing(probe.name(), *health, false);
    if (out.empty() && !told.empty()) say("warning: " + told);
    return out;
}

}  // namespace

Result<void> check_alive(std::string_view gate, const std::string& service,
                         const Instance& instance) {
    if (instance.running && instance.restarts == 0) return {};
    std::string message = instance.running
                              ? fmt::format("{}: {} ended and was started again", gate, service)
                              : fmt::format("{}: {} does not run", gate, service);
    if (!instance.reason.empty()) message += " (" + instance.reason + ")";
    if (!instance.last_words.empty()) message += ". Its last words: " + instance.last_words;
    return fail(Code::failed_precondition, std::move(message));
}

Result<void> gate_ready(const ServiceManifest& service, const ServiceProbe& probe, Driver& driver,
                        std::chrono::seconds patience) {
    const auto until = SteadyClock::now() + patience;
    auto ask_manager_at = SteadyClock::now();
    for (;;) {
        if (SteadyClock::now() >= ask_manager_at) {
            SHOP_TRY(instance, driver.instance(service));
            SHOP_CHECK(check_alive("ready", service.name, instance));
            ask_manager_at = SteadyClock::now() + kManagerPause;
        }
        const std::string why = not_ready(probe);
        if (why.empty()) return {};
        if (SteadyClock::now() >= until)
            return fail(Code::failed_precondition,
                        fmt::format("ready: {} was not ready within {} s: {}", service.name,
                                    patience.count(), why));
        std::this_thread::sleep_for(kAskPause);
    }
}

Result<void> gate_version(const ServiceProbe& probe, const Part& part) {
    const auto version = probe.version();
    if (!version) return fail(Code::failed_precondition, "version: " + version.error().message);
    const auto text = [](const std::string& number, const std::string& commit) {
        return commit.empty() ? number : number + " (" + commit + ")";
    };
    const Description& wanted = part.description;
    const bool same = version->version == wanted.version &&
                      (wanted.commit.empty() || version->commit == wanted.commit);
    if (same && version->service == wanted.service) return {};
    return fail(
        Code::failed_precondition,
        fmt::format("version: at {}'s address runs {} {}, but the release has {}", wanted.service,
                    version->service, text(version->version, version->commit),
                    text(wanted.version, wanted.commit)));
}

Result<void> gate_dependencies(const std::vector<ServiceProbe>& probes,
                               std::chrono::seconds patience, const Say& say) {
    const auto until = SteadyClock::now() + patience;
    for (const ServiceProbe& probe : probes) {
        for (;;) {
            const std::string trouble = missing(probe, say);
            if (trouble.empty()) break;
            if (SteadyClock::now() >= until)
                return fail(Code::failed_precondition,
                            fmt::format("dependencies: {} (for {} s)", trouble, patience.count()));
            std::this_thread::sleep_for(kAskPause);
        }
    }
    return {};
}

}  // namespace shop::cli::deploy
