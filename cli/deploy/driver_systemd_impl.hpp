// The systemd driver's class; its members are in driver_systemd.cpp (what a release is made of, and
// the switch), systemd_preflight.cpp and systemd_drift.cpp. Private to these.
//
// Thread safety: one thread.
#pragma once

#include "deploy/driver_systemd.hpp"
#include "deploy/systemctl.hpp"
#include "deploy/unit.hpp"

namespace shop::cli::deploy {

class SystemdDriver final : public Driver {
public:
    SystemdDriver(const Manifest& manifest, ObjectStore& objects, Secrets& secrets,
                  SystemdPlaces places)
        : manifest_(manifest),
          objects_(objects),
          secrets_(secrets),
          places_(std::move(places)),
          switched_(std::filesystem::path(manifest.state) / "switched") {}

    std::string_view name() const override { return "systemd"; }
    Result<Part> collect(const ServiceManifest& service) override;
    // Each thing that is wrong is a field of the error, its pointer the name of the check.
    Result<void> preflight(const ServiceManifest& service, const Part& part) override;
    Result<void> stage(const ServiceManifest& service, const Part& part) override;
    Result<void> switch_to(const ServiceManifest& service, const Part& part) override;
    Result<Instance> instance(const ServiceManifest& service) override;
    Result<std::vector<std::string>> drift(const ServiceManifest& service,
                                           const Part& part) override;

private:
    using Wrong = std::vector<FieldError>;

    static std::string program_of(const ServiceManifest& service) { return "shop-" + service.name; }
    static std::string unit_of(const ServiceManifest& service) {
        return program_of(service) + ".service";
    }
    static std::string socket_of(const ServiceManifest& service) {
        return program_of(service) + ".socket";
    }
    static std::string settings_of(const ServiceManifest& service) {
        return service.name + ".toml";
    }
    std::filesystem::path unit_file(const ServiceManifest& service) const {
        return places_.units / unit_of(service);
    }
    std::filesystem::path drop_in_folder(const ServiceManifest& service) const {
        return places_.units / (unit_of(service) + ".d");
    }
    std::filesystem::path binary_path(const ServiceManifest& service, const Part& part) const {
        return objects_.path(part.binary, program_of(service));
    }

    Result<void> verify_objects(const ServiceManifest& service, const Part& part) const;
    Result<UnitText> rendered(const ServiceManifest& service, const Part& part) const;
    // What a process of this pid runs; empty where there is none.
    std::filesystem::path program_of_process(std::int64_t pid) const;

    // driver_systemd.cpp
    Result<Description> describe(const ServiceManifest& service, const std::string& binary) const;
    Result<void> link_companions(const ServiceManifest& service, const Part& part,
                                 std::string_view unit) const;
    Result<bool> runs(const ServiceManifest& service, const Part& part, const UnitText& unit) const;
    Result<void> write_unit(const ServiceManifest& service, const UnitText& unit) const;
    Result<void> set_drop_ins(const ServiceManifest& service, const UnitText& unit) const;
    Result<void> open_socket(const ServiceManifest& service) const;
    Result<void> restart(const ServiceManifest& service) const;
    Result<void> wait_for_start(const ServiceManifest& service, std::string_view old_pid) const;
    Failure fail_start(const ServiceManifest& service, Code code, std::string reason) const;

    // systemd_preflight.cpp
    void check_unit(const ServiceManifest& service, const UnitText& unit, Wrong& wrong) const;
    void check_place(const ServiceManifest& service, Wrong& wrong) const;
    void check_settings(const ServiceManifest& service, const Part& part, const UnitText& unit,
                        Wrong& wrong) const;
    void check_socket(const ServiceManifest& service, Wrong& wrong) const;

    // systemd_drift.cpp
    void unit_drift(const ServiceManifest& service, const UnitText& unit,
                    std::vector<std::string>& lines) const;
    void loaded_drift(const ServiceManifest& service, const UnitProperties& is,
                      std::vector<std::string>& lines) const;
    void object_drift(const ServiceManifest& service, const Part& part,
                      std::vector<std::string>& lines) const;
    void process_drift(const ServiceManifest& service, const Part& part, const UnitProperties& is,
                       std::vector<std::string>& lines) const;
    Result<void> socket_drift(const ServiceManifest& service,
                              std::vector<std::string>& lines) const;

    const Manifest& manifest_;
    ObjectStore& objects_;
    Secrets& secrets_;
    const SystemdPlaces places_;
    // What was switched to last, a file a service: a restart that was not waited for to its end
    // leaves none, so that the next switch does it again.
    const std::filesystem::path switched_;
};

}  // namespace shop::cli::deploy
