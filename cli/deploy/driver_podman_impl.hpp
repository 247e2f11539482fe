// The podman driver's class; its members are in driver_podman.cpp (what a release is made of, and
// the switch), podman_folders.cpp, podman_gateway.cpp, podman_preflight.cpp and podman_drift.cpp.
// Private to these.
//
// Thread safety: one thread.
#pragma once

#include <array>
#include <utility>

#include "deploy/driver_podman.hpp"
#include "deploy/maintenance.hpp"
#include "deploy/podman.hpp"

namespace shop::cli::deploy {

class PodmanDriver final : public Driver {
public:
    PodmanDriver(const Manifest& manifest, ObjectStore& objects, Secrets& secrets,
                 PodmanPlaces places)
        : manifest_(manifest),
          objects_(objects),
          secrets_(secrets),
          places_(std::move(places)),
          gateway_(manifest.gateway.runtime_socket) {}

    std::string_view name() const override { return "podman"; }
    Result<Part> collect(const ServiceManifest& service) override;
    // Each thing that is wrong is a field of the error, its pointer the name of the check.
    Result<void> preflight(const ServiceManifest& service, const Part& part) override;
    Result<void> stage(const ServiceManifest& service, const Part& part) override;
    // Where the new container does not become ready, or its share of requests fares worse, the old
    // one is still in charge.
    Result<void> switch_to(const ServiceManifest& service, const Part& part) override;
    Result<Instance> instance(const ServiceManifest& service) override;
    Result<std::vector<std::string>> drift(const ServiceManifest& service,
                                           const Part& part) override;
    Result<void> prune(const std::vector<Release>& kept) override;

private:
    using Wrong = std::vector<FieldError>;
    using Words = std::vector<std::string>;

    // A container's place: 0 is "a", 1 is "b".
    using Slot = std::size_t;
    static constexpr std::array<std::string_view, 2> kSlots = {"a", "b"};
    static Slot other(Slot slot) { return 1 - slot; }

    // All that a container of the part is made from, but its place.
    struct Plan {
        PodmanImage image;
        std::filesystem::path data;
        std::filesystem::path keys;
        std::filesystem::path settings;  // of the release
        bool network = false;
    };
    // What there is of a service.
    struct Now {
        std::array<std::optional<PodmanContainer>, 2> containers;
        std::optional<Slot> in_charge;  // the link's
    };

    static std::string program_of(const ServiceManifest& service) { return "shop-" + service.name; }
    static std::string pod_of(const ServiceManifest& service) { return program_of(service); }
    static std::string container_of(const ServiceManifest& service, Slot slot) {
        return program_of(service) + "-" + std::string(kSlots[slot]);
    }
    static std::string settings_of(const ServiceManifest& service) {
        return service.name + ".toml";
    }
    static std::string secret_of(const ServiceManifest& service, const SecretVersion& secret);
    // The link, the folder of sockets beside it, and a socket in it.
    static std::filesystem::path link_of(const ServiceManifest& service);
    static std::filesystem::path sockets_of(const ServiceManifest& service);
    static std::filesystem::path socket_of(const ServiceManifest& service, Slot slot);

    // driver_podman.cpp
    Result<Description> describe(const ServiceManifest& service, const PodmanImage& image) const;
    Result<Plan> plan_of(const ServiceManifest& service, const Part& part) const;
    static std::string tag_of(const ServiceManifest& service, const std::string& image);
    Result<Now> now_of(const ServiceManifest& service) const;
    Words run_words(const ServiceManifest& service, const Part& part, const Plan& plan,
                    Slot slot) const;
    bool is_of(const ServiceManifest& service, const Part& part, const Plan& plan, Slot slot,
               const std::optional<PodmanContainer>& container) const;
    Result<void> start(const ServiceManifest& service, const Part& part, const Plan& plan,
                       Slot slot) const;
    Result<void> wait_ready(const ServiceManifest& service, Slot slot) const;
    Result<void> start_alone(const ServiceManifest& service, const Part& part, const Plan& plan,
                             Slot former, Slot slot) const;
    Result<void> settle(const ServiceManifest& service, const Part& part, Slot slot) const;
    Result<void> remove(const ServiceManifest& service, Slot slot) const;
    Result<void> install_secrets(const ServiceManifest& service, const Part& part) const;
    Result<void> forget_secrets(const ServiceManifest& service, const Part& part) const;

    // podman_folders.cpp
    Result<void> make_folders(const ServiceManifest& service, const Plan& plan) const;
    Result<void> put_in_charge(const ServiceManifest& service, Slot slot) const;
    // The place that the link leads to; nothing where there is no link, or another one.
    static std::optional<Slot> linked(const ServiceManifest& service);

    // podman_gateway.cpp. A gateway that does not answer gets no requests either, and looks for the
    // container that is there when it comes up: that is no error of these.
    Result<bool> gateway_has_both(const ServiceManifest& service) const;
    Result<void> gateway_to(const ServiceManifest& service, Slot slot) const;
    Result<void> gateway_away(const ServiceManifest& service, Slot slot) const;
    Result<void> gateway_forget(const ServiceManifest& service, Slot slot) const;
    Result<void> gateway_hold(bool hold) const;
    Result<void> canary(const ServiceManifest& service, Slot former, Slot slot) const;

    // podman_preflight.cpp
    void check_place(const ServiceManifest& service, Wrong& wrong) const;
    void check_settings(const ServiceManifest& service, const Plan& plan, Wrong& wrong) const;
    void check_gateway(const ServiceManifest& service, Wrong& wrong) const;

    const Manifest& manifest_;
    ObjectStore& objects_;
    Secrets& secrets_;
    const PodmanPlaces places_;
    const GatewayControl gateway_;
};

// Options of every container of ours, whatever it runs.
std::vector<std::string> podman_confined();
// "exit 2", "signal 9", "oom-kill"; the state where it is not over.
std::string podman_end_reason(const PodmanContainer& container);

}  // namespace shop::cli::deploy
