// What has to be right before anything is touched: one table of checks.
//
// Thread safety: one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "deploy/driver.hpp"
#include "deploy/manifest.hpp"
#include "deploy/release.hpp"

namespace shop::cli::deploy {

struct Finding {
    std::string check;     // "disk", "memory", "settings", "store format", "contract", "backup",
                           // "certificates", "clock", "units", "ports"
    std::string service;   // empty: of the host
    bool refuses = false;  // else a warning
    std::string message;   // what, and what to do
};

// What the checks look at beside their arguments; a test gives its own. What this user can't see
// counts as nothing.
struct HostFacts {
    std::int64_t free_disk_bytes = 0;  // where the state, the stores and the backups are: the least
    std::int64_t free_memory_bytes = 0;  // MemAvailable
    bool clock_synchronised = true;
    std::int64_t backup_age_hours = -1;  // of the newest; -1: there is none
    std::int64_t store_bytes = 0;        // of all stores of the manifest, on disk
};
Result<HostFacts> facts_of(const Manifest& manifest);

struct PreflightInput {
    const Manifest& manifest;
    const Release& release;
    std::optional<Release> current;  // nothing: the first deployment
    HostFacts facts;
    // Of the services that run now: endpoints ("GET /v1/products/{slug}") that were asked at least
    // once since they started, by service.
    std::vector<Need> in_use;
};

// All findings, in the order of the table. A missing backup is a finding of its own kind ("backup",
// does not refuse): the engine takes one.
std::vector<Finding> preflight(const PreflightInput& input, Driver& driver);
// The endpoints that the running services were asked for, from their /metrics. A service that does
// not answer has none.
std::vector<Need> endpoints_in_use(const Manifest& manifest);

// Whether the store that `current` wrote can be read by `to`; failed_precondition with the way out
// (restore the backup that was taken before) where it cannot.
Result<void> check_store_formats(const Release& current, const Release& to);
// Whether each need of each part is served by the part of that service. failed_precondition naming
// endpoint and both services. A service that is not in the release is elsewhere: nothing is known
// of it.
Result<void> check_contracts(const Release& release);

}  // namespace shop::cli::deploy
