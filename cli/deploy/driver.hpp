// How services run on a host: the seam between a deployment and systemd, podman, or a test's fake.
//
// Thread safety: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deploy/manifest.hpp"
#include "deploy/objects.hpp"
#include "deploy/release.hpp"
#include "deploy/secrets.hpp"

namespace shop::cli::deploy {

// What is known of a running instance.
struct Instance {
    bool running = false;
    std::int64_t pid = 0;
    std::int64_t restarts = 0;  // by the service manager since it was switched
    std::string reason;         // why it does not run, or was restarted: "oom-kill", "exit 2"; may
                                // be empty
    std::string last_words;     // the last lines of its log, where it does not run
    std::string binary;         // object or digest that it runs; empty where unknown
};

class Driver {
public:
    virtual ~Driver() = default;
    virtual std::string_view name() const = 0;

    // Makes the part of a release from what the manifest names: its objects are in the store then.
    virtual Result<Part> collect(const ServiceManifest& service) = 0;
    // What this host lacks for the part; an error says all of it and what to do. Nothing is
    // changed.
    virtual Result<void> preflight(const ServiceManifest& service, const Part& part) = 0;
    // Brings to the host what the switch needs, beside what runs.
    virtual Result<void> stage(const ServiceManifest& service, const Part& part) = 0;
    // From whatever runs to this part; returns when the service manager says that it runs
    // (READY=1). Repeatable: where this part runs already with all its content, nothing happens. On
    // failure the host may have nothing running: going back is the caller's.
    virtual Result<void> switch_to(const ServiceManifest& service, const Part& part) = 0;
    virtual Result<Instance> instance(const ServiceManifest& service) = 0;
    // What on this host is not as the part says: changed units, binaries, settings, drop-ins,
    // another program that runs. One line each for people; empty: nothing.
    virtual Result<std::vector<std::string>> drift(const ServiceManifest& service,
                                                   const Part& part) = 0;
    // Lets go of what no release of these needs, and nothing that runs.
    virtual Result<void> prune(const std::vector<Release>& /*kept*/) { return {}; }
};

// invalid_argument for a driver that this machine cannot have.
Result<std::unique_ptr<Driver>> make_driver(const Manifest& manifest, ObjectStore& objects,
                                            Secrets& secrets);

}  // namespace shop::cli::deploy
