// Services as units of this host's systemd. Their sockets are systemd's and stay open, so that what
// comes while a service is replaced waits for the new one.
//
// A release's program and settings are objects, and so side by side with those of others; a switch
// writes the unit that names them to /etc/systemd/system, where it goes before the package's, and
// restarts the service. The owner's drop-ins of a unit are part of the release: going back brings
// the former ones, and sets others aside as NAME.conf.off.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "deploy/driver.hpp"

namespace shop::cli::deploy {

// Where systemd looks; a test has its own.
struct SystemdPlaces {
    std::filesystem::path units = "/etc/systemd/system";
    std::filesystem::path proc = "/proc";
    std::chrono::milliseconds poll{50};  // how often a start is looked at
};

// All outlive it.
std::unique_ptr<Driver> make_systemd_driver(const Manifest& manifest, ObjectStore& objects,
                                            Secrets& secrets, SystemdPlaces places = {});

}  // namespace shop::cli::deploy
