// Services as containers of this machine's podman, run by root.
//
// A service has two places, "a" and "b": containers shop-NAME-a and shop-NAME-b, each listening on
// a Unix socket of its own, RUN/NAME/a.sock and b.sock, where RUN is the folder of the service's
// `url`. What `url` names is a link to the socket of the one that is in charge. A switch starts the
// new container in the other place, waits until it is ready, changes the link in one rename, and
// lets the old one drain: at no time is anybody refused, with or without a gateway. A gateway that
// was rendered with both sockets (in this order: server 1 is "a", server 2 is "b") gives the new
// one its share of requests first, where `canary_percent` says so, and is told to drain the old
// one.
//
// The two have the store open at the same time, as lib/store/FORMAT.md allows. LMDB tells processes
// apart by their numbers, so that they share a namespace of these, that of the pod shop-NAME. A
// release whose store format is another can't start beside the old one: the gateway holds requests
// meanwhile; without one, they are refused.
//
// A container sees of the host: the folders of its store and of its keys, which it alone writes;
// the folders of the others' keys and sockets; its settings and secrets. The settings name the
// folders (data_dir, keys_dir), which are the same inside. No network, unless the settings have
// addresses elsewhere.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <memory>

#include "deploy/driver.hpp"

namespace shop::cli::deploy {

// Who may open the services' sockets; in the images this group is called "shop".
inline constexpr unsigned kSocketGroup = 15000;

// What a test has elsewhere.
struct PodmanPlaces {
    // Where the folders of sockets in /run are written down for the next boot.
    std::filesystem::path tmpfiles = "/etc/tmpfiles.d";
    bool owners = true;  // whether folders get the owners that the images' users need
};

// All outlive it.
std::unique_ptr<Driver> make_podman_driver(const Manifest& manifest, ObjectStore& objects,
                                           Secrets& secrets, PodmanPlaces places = {});

}  // namespace shop::cli::deploy
