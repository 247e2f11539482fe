// The gateway's part of a switch: a share of the requests first, all of them, none any more.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "deploy/bake.hpp"
#include "deploy/driver_podman_impl.hpp"
#include "deploy/service_probe.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 2> kGatewayServers = {"1", "2"};
constexpr auto kGatewayPause = 50ms;
constexpr auto kGatewayUpMax = 5s;      // its health checks come each second
constexpr auto kGatewayDrainMax = 30s;  // as long as an answer may take
constexpr auto kCanaryPause = 1s;

bool nobody_answers(const Error& error) { return error.code == Code::unavailable; }

Result<void> unless_down(Result<void> done) {
    if (!done && nobody_answers(done.error())) return {};
    return done;
}

// Until `enough` says so of the server, or the time is over: then what is, is.
template <class Enough>
Result<void> await_server(const GatewayControl& gateway, const std::string& backend,
                          std::string_view name, std::chrono::seconds patience, Enough enough) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        SHOP_TRY(servers, gateway.servers());
        const auto found = std::ranges::find_if(servers, [&](const GatewayServer& server) {
            return server.backend == backend && server.name == name;
        });
        if (found == servers.end() || enough(*found)) return {};
        if (std::chrono::steady_clock::now() >= end) return {};
        std::this_thread::sleep_for(kGatewayPause);
    }
}

ServiceLook look_at(const ServiceProbe& probe) {
    ServiceLook look;
    const auto health = probe.health();
    look.ready = health && health->status != "unavailable";
    if (!health) look.not_ready = health.error().message;
    if (const auto metrics = probe.metrics()) {
        look.measured = true;
        look.metrics = *metrics;
    }
    return look;
}

}  // namespace

// Whether each place has a server of its own there. A gateway with one server follows the link.
Result<bool> PodmanDriver::gateway_has_both(const ServiceManifest& service) const {
    if (manifest_.gateway.runtime_socket.empty()) return false;
    const auto servers = gateway_.servers();
    if (!servers && nobody_answers(servers.error())) return false;
    if (!servers) return tl::make_unexpected(servers.error());
    return std::ranges::all_of(kGatewayServers, [&](std::string_view name) {
        return std::ranges::any_of(*servers, [&](const GatewayServer& server) {
            return server.backend == service.name && server.name == name &&
                   server.address == "unix";
        });
    });
}

Result<void> PodmanDriver::gateway_to(const ServiceManifest& service, Slot slot) const {
    SHOP_TRY(both, gateway_has_both(service));
    if (!both) return {};
    const auto done =
        gateway_.set_weight(service.name, kGatewayServers[slot], 100)
            .and_then(
                [&] { return gateway_.set_state(service.name, kGatewayServers[slot], "ready"); })
            .and_then([&] {
                return await_server(gateway_, service.name, kGatewayServers[slot], kGatewayUpMax,
                                    [](const GatewayServer& server) { return server.up; });
            });
    return unless_down(done);
}

// Returns once it has no request under way.
Result<void> PodmanDriver::gateway_away(const ServiceManifest& service, Slot slot) const {
    SHOP_TRY(both, gateway_has_both(service));
    if (!both) return {};
    const auto done =
        gateway_.set_state(service.name, kGatewayServers[slot], "drain").and_then([&] {
            return await_server(gateway_, service.name, kGatewayServers[slot], kGatewayDrainMax,
                                [](const GatewayServer& server) { return server.sessions == 0; });
        });
    return unless_down(done);
}

// No health checks for a container that is not there.
Result<void> PodmanDriver::gateway_forget(const ServiceManifest& service, Slot slot) const {
    SHOP_TRY(both, gateway_has_both(service));
    if (!both) return {};
    return unless_down(gateway_.set_state(service.name, kGatewayServers[slot], "maint"));
}

Result<void> PodmanDriver::gateway_hold(bool hold) const {
    if (manifest_.gateway.runtime_socket.empty()) return {};
    return unless_down(gateway_.hold(hold));
}

// For as long as a bake, the new container is held against the old one beside it.
Result<void> PodmanDriver::canary(const ServiceManifest& service, Slot former, Slot slot) const {
    SHOP_TRY(both, gateway_has_both(service));
    if (!both || service.canary_percent <= 0 || manifest_.gates.bake_seconds == 0) return {};
    // Of the weights as they are: a share of the one in the configuration may be less than one.
    const auto weigh = [&](Slot which, std::int64_t weight) {
        return gateway_.ask(
            fmt::format("set weight {}/{} {}", service.name, kGatewayServers[which], weight));
    };
    SHOP_CHECK(weigh(former, 100 - service.canary_percent));
    SHOP_CHECK(weigh(slot, service.canary_percent));
    SHOP_CHECK(gateway_.set_state(service.name, kGatewayServers[slot], "ready"));
    std::array<Looks, 2> looks;
    const auto begun = std::chrono::steady_clock::now();
    for (std::chrono::duration<double> passed{0};
         passed.count() <= static_cast<double>(manifest_.gates.bake_seconds);
         passed = std::chrono::steady_clock::now() - begun) {
        for (const Slot which : {former, slot}) {
            ServiceManifest one = service;
            one.url = "unix:" + socket_of(service, which).string();
            SHOP_TRY(probe, ServiceProbe::make(one));
            looks[which].push_back({passed.count(), {{service.name, look_at(probe)}}, {}});
        }
        if (const auto breach = find_breach(manifest_.gates, looks[former], looks[slot]))
            return fail(Code::failed_precondition,
                        "canary: " + breach->substr(breach->starts_with("bake: ") ? 6 : 0));
        std::this_thread::sleep_for(kCanaryPause);
    }
    return {};
}

}  // namespace shop::cli::deploy
