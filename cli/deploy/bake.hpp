// Whether a release that bakes is worse than the one before it: looks at the running shop, and the
// verdict over them.
//
// Thread safety: values and free functions without shared state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "deploy/manifest.hpp"
#include "deploy/service_metrics.hpp"

namespace shop::cli::deploy {

// One service at one look. Figures only grow, as long as its process lives.
struct ServiceLook {
    bool ready = false;
    std::string not_ready;  // why it is not
    bool running = true;    // as the service manager has it
    std::int64_t pid = 0;   // 0: not known
    std::int64_t restarts = 0;
    std::string reason;      // of a restart, or of not running
    std::string last_words;  // of one that does not run
    bool measured = false;   // whether it gave its metrics
    ServiceMetrics metrics;
    std::map<std::string, EndpointFigures> probes;  // requests of ours as we saw them: "GET /livez"
};

// Synthetic purchases up to a look.
struct PurchaseFigures {
    std::int64_t made = 0;  // the failed ones too
    std::int64_t failed = 0;
    std::string last_failure;
};

struct Look {
    double at = 0;  // seconds since the first one
    std::map<std::string, ServiceLook> services;
    PurchaseFigures purchases;
    EndpointFigures disk;  // writes of ours, see disk_pace.hpp
};
// In their order, about a second apart.
using Looks = std::vector<Look>;

// What is wrong with `after`, for people, with both figures; nothing where nothing is, so far.
// `before` may be empty, or lack a service: then only fixed bounds hold. The rules:
//
// - A process that ended, was started again or was replaced; one that is not ready twice in a row.
// - Answers of 5xx, of a service, of one of its endpoints, of checkouts and of our own requests:
//   the share may be above the former one by the setting's percentage points. At least 20 requests
//   and two errors are needed (five, of an endpoint alone).
// - Two purchases that failed, where their share grew by more than checkouts may.
// - Time: of each endpoint that customers wait for the mean of each second's answers is taken, and
//   the median of these, so that one stall decides nothing. It may be latency_factor_max times the
//   former one, and as much more as the service has more requests to answer. Before the end of the
//   bake it may be 1.6 times that: who looks each second would sooner or later see chance alone
//   pass the bound. 20 requests are needed, and ten seconds with some (bake_seconds where these
//   are fewer). latency_floor_ms is never too long. An endpoint that nobody asked before may take a
//   second.
//   What changes something waits for the disk: there each second counts as a multiple of what
//   writes of our own took in that very second. What only reads may take longer as our GET /livez
//   does, but half as long again at most: a release that takes the machine for itself slows that
//   as well.
std::optional<std::string> find_breach(const GateSettings& settings, const Looks& before,
                                       const Looks& after);

}  // namespace shop::cli::deploy
