// The first three gates of a service that was just switched: it is ready, it is what it should be,
// and what it calls answers it.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "deploy/driver.hpp"
#include "deploy/gates.hpp"
#include "deploy/manifest.hpp"
#include "deploy/release.hpp"
#include "deploy/service_probe.hpp"

namespace shop::cli::deploy {

// failed_precondition, the gate's name first, in all of them.

// Until /readyz says 200, `patience` at most. An instance that does not run, or that was started
// again since it was switched, fails at once with its last words.
Result<void> gate_ready(const ServiceManifest& service, const ServiceProbe& probe, Driver& driver,
                        std::chrono::seconds patience);
// Whether it runs, and was not started again, as the service manager has it.
Result<void> check_alive(std::string_view gate, const std::string& service,
                         const Instance& instance);
// /version says the part's version and commit.
Result<void> gate_version(const ServiceProbe& probe, const Part& part);
// Whether each of these services reaches the others and has all that it cannot do without: a new
// productd is one that orderd has to reach. `patience` for all; what it can do without (a disk
// that is almost full) is said.
Result<void> gate_dependencies(const std::vector<ServiceProbe>& probes,
                               std::chrono::seconds patience, const Say& say);

}  // namespace shop::cli::deploy
