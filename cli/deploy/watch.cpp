#include "deploy/watch.hpp"

#include <algorithm>
#include <thread>

#include "api/endpoint.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kLookPause = 1s;
constexpr auto kLightPause = 50ms;
// A quiet shop has too few checkouts to tell one in twenty from none, so ours make up for it.
constexpr auto kPurchasePauseQuiet = 200ms;
constexpr auto kPurchasePause = 1s;
constexpr double kCheckoutsEnough = 150;

double checkouts(const Look& look) {
    double sum = 0;
    for (const auto& [service, one] : look.services)
        if (const auto found = one.metrics.endpoints.find("order_create");
            found != one.metrics.endpoints.end())
            sum += found->second.requests;
    return sum;
}

}  // namespace

Result<Watch> Watch::make(const WatchParts& parts) {
    std::vector<ServiceProbe> probes;
    for (const ServiceManifest& service : parts.services) {
        SHOP_TRY(probe, ServiceProbe::make(service));
        probes.push_back(std::move(probe));
    }
    return Watch(parts, std::move(probes));
}

ServiceLook Watch::look_at_service(const ServiceManifest& service,
                                   const ServiceProbe& probe) const {
    ServiceLook out;
    // A service manager that does not answer is not the release's fault; /readyz has its say.
    if (auto instance = parts_.driver.instance(service)) {
        out.running = instance->running;
        out.pid = instance->pid;
        out.restarts = instance->restarts;
        out.reason = std::move(instance->reason);
        out.last_words = std::move(instance->last_words);
    }
    const auto health = probe.health();
    out.ready = health && health->status != "unavailable";
    if (!out.ready) out.not_ready = health ? "it says unavailable" : health.error().message;
    if (auto metrics = probe.metrics()) {
        out.measured = true;
        out.metrics = *std::move(metrics);
    }
    if (const auto asked = asked_.find(service.name); asked != asked_.end())
        out.probes = asked->second;
    return out;
}

Look Watch::look() {
    Look out;
    out.at = std::chrono::duration<double>(SteadyClock::now() - begun_).count();
    for (std::size_t i = 0; i < probes_.size(); ++i)
        out.services[probes_[i].name()] = look_at_service(parts_.services[i], probes_[i]);
    out.purchases = purchases_;
    out.disk = disk_.figures();
    return out;
}

std::vector<Watch::Light> Watch::lights() const {
    std::vector<Light> out;
    for (const ServiceProbe& probe : probes_) {
        out.push_back({&probe, "/livez"});
        if (probe.name() == api::products_service().name)
            out.push_back({&probe, "/v1/products?limit=10"});
    }
    return out;
}

void Watch::ask(const Light& light) {
    const auto began = SteadyClock::now();
    const auto answer = light.probe->get(std::string(light.target));
    const std::chrono::duration<double> took = SteadyClock::now() - began;
    auto& figures = asked_[light.probe->name()]["GET " + std::string(light.target)];
    figures.requests += 1;
    if (!answer || answer->status >= 500) figures.errors += 1;
    figures.seconds += took.count();
}

void Watch::buy() {
    const auto bought = parts_.buyer->buy();
    if (bought && *bought) {
        parts_.say("no purchases: " + **bought);
        buys_ = false;
        return;
    }
    ++purchases_.made;
    if (bought) return;
    ++purchases_.failed;
    purchases_.last_failure = bought.error().message;
}

std::chrono::milliseconds Watch::purchase_pause(const Looks& looks) const {
    const bool quiet = checkouts(looks.back()) - checkouts(looks.front()) < kCheckoutsEnough;
    return quiet ? kPurchasePauseQuiet : kPurchasePause;
}

Looks Watch::run(std::chrono::seconds time, const std::function<bool(const Looks&)>& enough) {
    begun_ = SteadyClock::now();
    asked_.clear();
    purchases_ = {};
    buys_ = parts_.buyer != nullptr;
    const auto all = lights();
    const auto end = begun_ + time;
    Looks looks = {look()};
    auto look_at = begun_ + kLookPause, light_at = begun_, buy_at = begun_;
    for (std::size_t turn = 0; looks.back().at < std::chrono::duration<double>(time).count();) {
        const auto now = SteadyClock::now();
        if (now >= std::min(look_at, end)) {
            looks.push_back(look());
            if (enough(looks)) break;
            look_at += kLookPause;
        } else if (buys_ && now >= buy_at) {
            buy_at = now + purchase_pause(looks);
            buy();
        } else if (now >= light_at) {
            light_at = now + kLightPause;
            if (!all.empty()) ask(all[turn % all.size()]);
            ++turn;
            disk_.measure();
        }
        const auto next = buys_ ? std::min(light_at, buy_at) : light_at;
        std::this_thread::sleep_until(std::min({next, look_at, end}));
    }
    if (parts_.buyer) parts_.buyer->sign_out();
    return looks;
}

}  // namespace shop::cli::deploy
