#include "deploy/bake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/endpoint.hpp"
#include "deploy/bake_series.hpp"
#include "gateway/routes.hpp"

namespace shop::cli::deploy {
namespace {

using Breach = std::optional<std::string>;
using Figures = EndpointFigures;

constexpr double kRequestsMin = 20;
constexpr double kErrorsMin = 2;
constexpr double kEndpointErrorsMin = 5;
constexpr std::int64_t kPurchasesFailedMin = 2;
constexpr std::int64_t kSlicesMin = 10;      // seconds with requests, before time decides
constexpr std::size_t kSlicesBeforeMin = 3;  // of the former release
constexpr double kSlowestMs = 1000;          // a customer's patience, where nothing is known
constexpr double kEarlyFactor = 1.6;         // before the end of a bake
constexpr double kLookSeconds = 1.5;         // the last look comes so near to the end
constexpr double kMoreRequestsMin = 1.25;    // rates vary as much by themselves
// Below it the disk is not what an answer waits for.
constexpr double kDiskMsMin = 0.25;
// How far a disk that got slower excuses, and one that got quicker accuses: an answer has other
// work as well.
constexpr double kDiskSlowerMax = 5;
constexpr double kDiskQuickerMax = 1.4;
constexpr double kMachineSlowerMax = 1.5;

// No customer waits for these, or it is their work to wait.
bool is_health(const std::string& endpoint) {
    static const std::set<std::string> kProbes = {"livez", "readyz", "metrics", "version",
                                                  "openapi"};
    return kProbes.contains(endpoint);
}
// Long polls and work on stores; and what services have among themselves, where no customer waits,
// or waits for the endpoint that needs it.
bool may_take_long(const std::string& endpoint) {
    if (is_health(endpoint) || endpoint == "events" || endpoint.starts_with("store_")) return true;
    return std::ranges::any_of(api::all_services(), [&](const api::ServiceTable* table) {
        const auto row = std::ranges::find(table->endpoints, endpoint, &api::Endpoint::id);
        return row != table->endpoints.end() && between_services(row->scope);
    });
}
bool is_checkout(const std::string& endpoint) {
    return endpoint == "order_create" || endpoint == "course_checkout";
}

// Whether it waits for the disk: a change does.
bool writes(const std::string& endpoint) {
    return std::ranges::any_of(api::all_services(), [&](const api::ServiceTable* table) {
        const auto row = std::ranges::find(table->endpoints, endpoint, &api::Endpoint::id);
        return row != table->endpoints.end() && row->method != "GET";
    });
}

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

// Getters for Series.
auto of_endpoint(const std::string& endpoint) {
    return [endpoint](const ServiceLook& look) {
        const auto found = look.metrics.endpoints.find(endpoint);
        return found == look.metrics.endpoints.end() ? Figures{} : found->second;
    };
}
auto of_probe(const std::string& probe) {
    return [probe](const ServiceLook& look) {
        const auto found = look.probes.find(probe);
        return found == look.probes.end() ? Figures{} : found->second;
    };
}
template <class Wanted>
auto of_all(Wanted wanted, bool with_refused) {
    return [wanted, with_refused](const ServiceLook& look) {
        Figures sum;
        for (const auto& [endpoint, figures] : look.metrics.endpoints)
            if (wanted(endpoint)) sum += figures;
        if (with_refused) sum += {look.metrics.refused, look.metrics.refused, 0};
        return sum;
    };
}
const auto of_service =
    of_all([](const std::string& endpoint) { return !is_health(endpoint); }, true);
const auto of_checkouts = of_all(is_checkout, false);

Breach process_breach(const std::string& service, const Looks& after) {
    const ServiceLook* first = look_at(after.front(), service);
    const ServiceLook* last = look_at(after.back(), service);
    if (!first || !last) return std::nullopt;
    const auto words = [&](const char* what) {
        return fmt::format("bake: {} {}{}{}", service, what,
                           last->reason.empty() ? "" : " (" + last->reason + ")",
                           last->last_words.empty() ? "" : ". Its last words: " + last->last_words);
    };
    if (!last->running) return words("does not run any more");
    if (last->restarts > first->restarts) return words("ended and was started again");
    if (first->pid != 0 && last->pid != 0 && first->pid != last->pid)
        return words("was replaced by another process");
    // The counters of a new process begin anew.
    const Figures whole =
        Series(after, service).whole(of_all([](const std::string&) { return true; }, false));
    if (whole.requests < 0) return words("was started again: its counters begin anew");
    const ServiceLook* former = after.size() < 2 ? nullptr : look_at(after.end()[-2], service);
    if (former && !former->ready && !last->ready)
        return fmt::format("bake: {} is not ready: {}", service, last->not_ready);
    return std::nullopt;
}

struct ErrorRule {
    std::string service;
    std::string what;  // "checkouts"
    double percent_max;
    double errors_min = kErrorsMin;
};

Breach error_breach(const ErrorRule& rule, const Figures& before, const Figures& after) {
    if (after.requests < kRequestsMin || after.errors < rule.errors_min) return std::nullopt;
    const double then = percent(before.errors, before.requests);
    const double now = percent(after.errors, after.requests);
    if (now - then <= rule.percent_max) return std::nullopt;
    const std::string former =
        before.requests > 0 ? fmt::format(", before it was {:.1f} %", then) : "";
    return fmt::format("bake: {} answered {:.1f} % of {} with 5xx{} (of {:.0f})", rule.service, now,
                       rule.what, former, after.requests);
}

// Names of all endpoints, or of all probes, of the newest look.
template <class Map>
std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, figures] : map) names.push_back(name);
    return names;
}

Breach error_breaches(const GateSettings& settings, const std::string& service,
                      const Series& before, const Series& after) {
    if (auto breach = error_breach({service, "checkouts", settings.checkout_failure_percent_max},
                                   before.whole(of_checkouts), after.whole(of_checkouts)))
        return breach;
    if (auto breach = error_breach({service, "all requests", settings.error_percent_max},
                                   before.whole(of_service), after.whole(of_service)))
        return breach;
    for (const auto& endpoint : names_of(after.last()->metrics.endpoints)) {
        if (is_health(endpoint)) continue;
        const auto of = of_endpoint(endpoint);
        if (auto breach =
                error_breach({service, endpoint, settings.error_percent_max, kEndpointErrorsMin},
                             before.whole(of), after.whole(of)))
            return breach;
    }
    for (const auto& probe : names_of(after.last()->probes)) {
        const auto of = of_probe(probe);
        if (auto breach = error_breach({service, "our " + probe, settings.error_percent_max},
                                       before.whole(of), after.whole(of)))
            return breach;
    }
    return std::nullopt;
}

// How many times as many requests a second there are; at least one.
double more_to_do(const Series& before, const Series& after) {
    const double then = before.whole(of_service).requests / std::max(before.seconds(), 1.0);
    const double now = after.whole(of_service).requests / std::max(after.seconds(), 1.0);
    return then > 0 && now / then > kMoreRequestsMin ? now / then : 1;
}

// Mean milliseconds of our own writes, of each slice that has any.
std::vector<double> disk_means(const Looks& looks) {
    std::vector<double> out;
    for (std::size_t i = 1; i < looks.size(); ++i) {
        const Figures slice = looks[i].disk - looks[i - 1].disk;
        if (slice.requests > 0) out.push_back(1000 * slice.seconds / slice.requests);
    }
    return out;
}

// How many times as long the disk takes; at least one.
double slower_disk(const Looks& before, const Looks& after) {
    const auto then = disk_means(before), now = disk_means(after);
    if (then.size() < kSlicesBeforeMin || now.size() < kSlicesBeforeMin) return 1;
    return std::max(1.0, median(now) / median(then));
}

// How many times as long the machine takes for what is no release's work: a write to its disk, and
// a /livez, as the service sees it that is least affected. At least one, and bounded. A neighbour
// that compiles is no reason to go back.
double slower_machine(const Looks& before, const Looks& after) {
    std::optional<double> least;
    const auto of = of_probe("GET /livez");
    for (const auto& [service, look] : after.back().services) {
        const auto then = Series(before, service).means(of), now = Series(after, service).means(of);
        if (then.size() < kSlicesBeforeMin || now.size() < kSlicesBeforeMin) continue;
        const double times = median(now) / median(then);
        least = std::min(least.value_or(times), times);
    }
    return std::clamp(std::max(slower_disk(before, after), least.value_or(1)), 1.0,
                      kMachineSlowerMax);
}

// What a bake is held against, whatever the endpoint.
struct TimeRule {
    const GateSettings& settings;
    double machine = 1;  // how many times as long it takes
    bool ended = false;  // the bake is
};

// How many times as long an answer takes as before; nothing where that can't be told.
template <class Of>
std::optional<double> times_as_long(const TimeRule& rule, const Series& before, const Series& after,
                                    Of of, bool writes) {
    const auto then = before.means(of);
    if (then.size() < kSlicesBeforeMin) return std::nullopt;
    const double plain = median(after.means(of)) / median(then);
    const auto paces_then = before.paces(of, kDiskMsMin), paces_now = after.paces(of, kDiskMsMin);
    const bool is_paced =
        writes && paces_then.size() >= kSlicesBeforeMin && paces_now.size() >= kSlicesBeforeMin;
    if (!is_paced) return plain / rule.machine;
    // Who takes no longer than before is not too slow, however quick the disk became.
    const double quicker_max = std::min(kDiskQuickerMax, rule.settings.latency_factor_max);
    return std::clamp(median(paces_now) / median(paces_then), plain / kDiskSlowerMax,
                      plain * quicker_max);
}

template <class Of>
Breach time_breach(const TimeRule& rule, const std::string& who, const Series& before,
                   const Series& after, Of of, bool writes) {
    const auto means = after.means(of);
    const auto slices_min = static_cast<std::size_t>(
        std::clamp<std::int64_t>(rule.settings.bake_seconds, 1, kSlicesMin));
    if (means.size() < slices_min || after.whole(of).requests < kRequestsMin) return std::nullopt;
    const double now = median(means);
    const auto times = times_as_long(rule, before, after, of, writes);
    const double factor_max = rule.settings.latency_factor_max * more_to_do(before, after) *
                              (rule.ended ? 1 : kEarlyFactor);
    if (times ? now <= rule.settings.latency_floor_ms || *times <= factor_max : now <= kSlowestMs)
        return std::nullopt;
    return fmt::format(
        "bake: {} took {:.1f} ms{}", who, now,
        times ? fmt::format(", before it was {:.1f} ms", median(before.means(of))) : "");
}

Breach time_breaches(const TimeRule& rule, const std::string& service, const Series& before,
                     const Series& after) {
    for (const auto& endpoint : names_of(after.last()->metrics.endpoints)) {
        if (may_take_long(endpoint)) continue;
        if (auto breach = time_breach(rule, service + "'s " + endpoint, before, after,
                                      of_endpoint(endpoint), writes(endpoint)))
            return breach;
    }
    for (const auto& probe : names_of(after.last()->probes))
        if (auto breach = time_breach(rule, service + "'s answer to our " + probe, before, after,
                                      of_probe(probe), false))
            return breach;
    return std::nullopt;
}

PurchaseFigures purchases_of(const Looks& looks) {
    if (looks.empty()) return {};
    PurchaseFigures out = looks.back().purchases;
    out.made -= looks.front().purchases.made;
    out.failed -= looks.front().purchases.failed;
    return out;
}

Breach purchase_breach(const GateSettings& settings, const Looks& before, const Looks& after) {
    const PurchaseFigures then = purchases_of(before), now = purchases_of(after);
    if (now.failed < kPurchasesFailedMin) return std::nullopt;
    const auto share = [](const PurchaseFigures& figures) {
        return percent(static_cast<double>(figures.failed), static_cast<double>(figures.made));
    };
    if (share(now) - share(then) <= settings.checkout_failure_percent_max) return std::nullopt;
    const std::string former =
        then.made > 0 ? fmt::format(", before it were {} of {}", then.failed, then.made) : "";
    return fmt::format("bake: {} of {} purchases failed{}; the last one: {}", now.failed, now.made,
                       former, now.last_failure);
}

}  // namespace

std::optional<std::string> find_breach(const GateSettings& settings, const Looks& before,
                                       const Looks& after) {
    if (after.empty()) return std::nullopt;
    for (const auto& [service, look] : after.back().services)
        if (auto breach = process_breach(service, after)) return breach;
    for (const auto& [service, look] : after.back().services) {
        const Series then(before, service), now(after, service);
        if (now.empty()) continue;
        if (auto breach = error_breaches(settings, service, then, now)) return breach;
    }
    if (auto breach = purchase_breach(settings, before, after)) return breach;
    const double passed = after.back().at - after.front().at;
    const TimeRule rule{settings, slower_machine(before, after),
                        passed + kLookSeconds >= static_cast<double>(settings.bake_seconds)};
    for (const auto& [service, look] : after.back().services) {
        const Series then(before, service), now(after, service);
        if (now.empty()) continue;
        if (auto breach = time_breaches(rule, service, then, now)) return breach;
    }
    return std::nullopt;
}

}  // namespace shop::cli::deploy
