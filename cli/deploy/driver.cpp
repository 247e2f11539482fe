#include "deploy/driver.hpp"

#include <filesystem>

#include "deploy/driver_podman.hpp"
#include "deploy/driver_systemd.hpp"

namespace shop::cli::deploy {
namespace {

Result<std::unique_ptr<Driver>> systemd_driver(const Manifest& manifest, ObjectStore& objects,
                                               Secrets& secrets) {
    // sd_booted(3)
    std::error_code ignored;
    if (!std::filesystem::is_directory("/run/systemd/system", ignored))
        return fail(Code::invalid_argument,
                    "systemd does not run on this machine, so that the driver systemd is of no "
                    "use here. Choose another `driver` or another `host` in deploy.yaml.");
    return make_systemd_driver(manifest, objects, secrets);
}

}  // namespace

Result<std::unique_ptr<Driver>> make_driver(const Manifest& manifest, ObjectStore& objects,
                                            Secrets& secrets) {
    if (manifest.driver == "systemd") return systemd_driver(manifest, objects, secrets);
    if (manifest.driver == "podman") return make_podman_driver(manifest, objects, secrets);
    return fail(Code::invalid_argument,
                "shopctl does not switch services of the driver " + manifest.driver +
                    ". Kubernetes does that itself: give kubectl the manifests of "
                    "packaging/kubernetes with the release's images.");
}

}  // namespace shop::cli::deploy
