// What a release has to pass before it is good: each service ready, of the right version, with its
// dependencies answering; a synthetic purchase; and a time of baking in which it is held against
// the release before it.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deploy/driver.hpp"
#include "deploy/manifest.hpp"
#include "deploy/release.hpp"

namespace shop::cli::deploy {

class Gates {
public:
    virtual ~Gates() = default;

    // Looks at the release that runs, for baseline_seconds: metrics of real requests, and requests
    // of our own, since a quiet shop has few. Nothing where nothing runs yet: then a bake only
    // holds against fixed bounds.
    virtual Result<void> measure_before() = 0;
    // After the switch of one service: ready, version, dependencies, purchase. failed_precondition
    // with the gate's name first ("ready: …").
    virtual Result<void> pass(const ServiceManifest& service, const Part& part) = 0;
    // Looks at all of the release for bake_seconds. failed_precondition at the first breach.
    virtual Result<void> bake(const std::vector<ServiceManifest>& services,
                              const Release& release) = 0;
    // A purchase on what runs now: "No purchase fails after the way back".
    virtual Result<void> purchase() = 0;
};

using Say = std::function<void(std::string_view)>;  // progress, a line for people

// `account_file` (0600) holds the marked account that buys; made, and the account registered, at
// the first purchase. The driver and the manifest outlive it.
std::unique_ptr<Gates> make_gates(const Manifest& manifest, Driver& driver,
                                  std::string account_file, Say say);

}  // namespace shop::cli::deploy
