// Looks at the running shop for a while, once a second, and sends light requests of our own
// meanwhile, since a quiet shop has few: some to each service, whose time is taken here, and
// purchases.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/bake.hpp"
#include "deploy/disk_pace.hpp"
#include "deploy/driver.hpp"
#include "deploy/gates.hpp"
#include "deploy/manifest.hpp"
#include "deploy/purchase.hpp"
#include "deploy/service_probe.hpp"

namespace shop::cli::deploy {

struct WatchParts {
    const std::vector<ServiceManifest>& services;
    Driver& driver;
    Buyer* buyer = nullptr;  // null: no purchases
    Say say;
    std::filesystem::path folder;  // whose disk is timed; one that is not there: none is
};

class Watch {
public:
    // All of it outlives the Watch. invalid_argument for an address that is none.
    static Result<Watch> make(const WatchParts& parts);

    // Looks for so long, or until `enough` says so, which is asked after each look. The first look
    // is at the begin, the last one at the end.
    Looks run(std::chrono::seconds time, const std::function<bool(const Looks&)>& enough);

private:
    // A request of ours, again and again.
    struct Light {
        const ServiceProbe* probe;
        std::string_view target;
    };

    Watch(const WatchParts& parts, std::vector<ServiceProbe> probes)
        : parts_(parts), probes_(std::move(probes)), disk_(parts_.folder) {}

    Look look();
    ServiceLook look_at_service(const ServiceManifest& service, const ServiceProbe& probe) const;
    std::vector<Light> lights() const;
    void ask(const Light& light);
    void buy();
    std::chrono::milliseconds purchase_pause(const Looks& looks) const;

    WatchParts parts_;
    std::vector<ServiceProbe> probes_;  // in the order of the services
    std::chrono::steady_clock::time_point begun_;
    std::map<std::string, std::map<std::string, EndpointFigures>> asked_;  // service, request
    DiskPace disk_;
    PurchaseFigures purchases_;
    bool buys_ = true;
};

}  // namespace shop::cli::deploy
