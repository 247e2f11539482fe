#include "runtime/probes.hpp"

#include <fmt/format.h>

#include <thread>

#include "api/openapi.hpp"
#include "base/text.hpp"
#include "events/event.hpp"
#include "store/upgrade.hpp"

namespace shop::runtime {
namespace {

using namespace std::chrono_literals;

// A long poll holds a worker, so only a few may wait at once; the others are answered at once and
// ask again.
constexpr int kWaitersMax = 4;
constexpr auto kPollPause = 25ms;

// One waiter's place, as long as it lives; a call that does not wait takes none.
class Seat {
public:
    Seat(std::atomic<int>& taken, bool wanted) : taken_(taken), wanted_(wanted) {
        if (wanted_) may_wait_ = taken_.fetch_add(1) < kWaitersMax;
    }
    ~Seat() {
        if (wanted_) taken_.fetch_sub(1);
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    bool may_wait() const { return may_wait_; }

private:
    std::atomic<int>& taken_;
    bool wanted_;
    bool may_wait_ = false;
};

}  // namespace

Probes::Probes(const ServiceParts& parts, const std::vector<Check>& checks,
               const std::atomic<bool>& ready, const std::function<http::FrontStats()>& front_stats)
    : parts_(parts),
      checks_(checks),
      ready_(ready),
      front_stats_(front_stats),
      openapi_(api::openapi_document(parts.table, parts.version)) {}

std::vector<std::pair<std::string, Handler>> Probes::handlers() {
    return {
        {"livez",
         [this](Call&) -> Result<Reply> {
             return Reply::json(api::Health{parts_.table.name, "ok", {}});
         }},
        {"readyz", [this](Call& call) { return ready(call); }},
        {"metrics",
         [this](Call&) -> Result<Reply> {
             return Reply::text(parts_.metrics.text(front_stats_(), parts_.store.stats()),
                                "text/plain; version=0.0.4; charset=utf-8");
         }},
        {"version", [this](Call&) { return version(); }},
        {"openapi", [this](Call&) -> Result<Reply> { return Reply::bytes(openapi_); }},
        {"events", [this](Call& call) { return events(call); }},
    };
}

api::HealthCheck Probes::store_check() const {
    const auto read = parts_.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        events::last_event(snapshot, parts_.journal.events);
        return {};
    });
    return {"store", read.has_value(), true, read ? "" : read.error().message};
}

// A full disk stops changes: said while there is still time.
api::HealthCheck Probes::disk_check() const {
    const auto stats = parts_.store.stats();
    if (!stats.almost_full()) return {"disk", true, false, ""};
    return {"disk", false, false,
            fmt::format("{} MiB are used of the {} that the store can have: free space on its disk",
                        stats.bytes_used >> 20, stats.bytes_max >> 20)};
}

Result<Reply> Probes::ready(Call& call) const {
    SHOP_TRY(query, call.query<api::HealthQuery>());
    api::Health health{parts_.table.name, "ok", {store_check()}};
    for (const Check& check : checks_) health.checks.push_back(check());
    health.checks.push_back(disk_check());
    for (const auto& check : health.checks) {
        if (!check.ok && check.vital)
            health.status = "unavailable";
        else if (!check.ok && health.status == "ok")
            health.status = "degraded";
    }
    if (!ready_.load()) health.status = "unavailable";
    if (!query.verbose) health.checks.clear();
    Reply reply = Reply::json(health);
    if (health.status == "unavailable") reply.status = 503;
    return reply;
}

Result<Reply> Probes::version() const {
    return Reply::json(
        api::Version{parts_.table.name, parts_.version, parts_.commit, store::store_format()});
}

Result<Reply> Probes::events(Call& call) {
    SHOP_TRY(query, call.query<api::EventQuery>());
    events::EventFilter filter{.since = query.since};
    if (query.types) filter.types = split(*query.types, ',');
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(query.wait);
    const Seat seat(waiting_, query.wait > 0);
    for (;;) {
        api::EventPage page;
        SHOP_CHECK(call.store().read([&](const store::Snapshot& snapshot) -> Result<void> {
            page = events::events_after(snapshot, parts_.journal.events, query.after,
                                        static_cast<std::size_t>(query.limit), filter);
            return {};
        }));
        query.after = page.next;
        const bool over = !seat.may_wait() || !ready_.load() ||
                          std::chrono::steady_clock::now() >= end || !page.items.empty();
        if (over) return Reply::json(page);
        std::this_thread::sleep_for(kPollPause);
    }
}

}  // namespace shop::runtime
