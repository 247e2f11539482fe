// What this host lacks for a release in containers, before anything is touched.
#include <fmt/format.h>

#include "base/text.hpp"
#include "deploy/driver_podman_impl.hpp"

namespace shop::cli::deploy {
namespace {

// sun_path has 108 bytes with its end.
constexpr std::size_t kContainerSocketMax = 107;

}  // namespace

Result<void> PodmanDriver::preflight(const ServiceManifest& service, const Part& part) {
    Wrong wrong;
    check_place(service, wrong);
    if (const auto plan = plan_of(service, part))
        check_settings(service, *plan, wrong);
    else
        wrong.push_back({"images", plan.error().message});
    check_gateway(service, wrong);
    if (wrong.empty()) return {};
    std::string message;
    for (const FieldError& one : wrong)
        message += (message.empty() ? "" : "\n") + one.pointer + ": " + one.message;
    return tl::make_unexpected(Error{Code::failed_precondition, message, std::move(wrong)});
}

void PodmanDriver::check_place(const ServiceManifest& service, Wrong& wrong) const {
    const auto link = link_of(service);
    if (link.empty())
        return wrong.push_back({"ports",
                                "Containers are reached over Unix sockets: give `url` in "
                                "deploy.yaml as unix:/run/shop/" +
                                    service.name + ".sock"});
    if (socket_of(service, 0).native().size() > kContainerSocketMax)
        wrong.push_back({"ports", socket_of(service, 0).string() +
                                      " is too long for a Unix socket; choose a shorter `url`."});
    std::error_code ignored;
    const auto status = std::filesystem::symlink_status(link, ignored);
    if (std::filesystem::exists(status) && !linked(service))
        wrong.push_back({"ports", link.string() +
                                      " is not of a container of ours. End who has it (systemctl "
                                      "disable --now " +
                                      program_of(service) + ".socket, say), and remove it."});
}

void PodmanDriver::check_settings(const ServiceManifest& service, const Plan& plan,
                                  Wrong& wrong) const {
    Words words = {"run", "--rm", "--network", "none"};
    const Words confined = podman_confined();
    words.insert(words.end(), confined.begin(), confined.end());
    const std::string inside = "/etc/shop/" + settings_of(service);
    words.insert(words.end(), {"--volume", fmt::format("{}:{}:ro", plan.settings.string(), inside),
                               "--entrypoint", "/usr/bin/" + program_of(service), plan.image.id,
                               "--config", inside, "--check-config"});
    words.insert(words.begin(), "podman");
    const auto said = run_program(words);
    if (!said) return wrong.push_back({"settings", said.error().message});
    if (said->good()) return;
    // A secret comes with the start; before, there is nothing to look at.
    if (said->complaint.find("/run/credentials/") != std::string::npos) return;
    wrong.push_back({"settings", service.settings + " is not what the new " + program_of(service) +
                                     " can start with: " + shorten(trim(said->complaint), 2000)});
}

void PodmanDriver::check_gateway(const ServiceManifest& service, Wrong& wrong) const {
    if (manifest_.gateway.runtime_socket.empty()) return;
    if (const auto servers = gateway_.servers(); !servers)
        return wrong.push_back({"gateway", servers.error().message});
    if (service.canary_percent <= 0) return;
    if (const auto both = gateway_has_both(service); both && !*both)
        wrong.push_back(
            {"gateway", fmt::format("For canary_percent the gateway needs both places of {0}: "
                                    "shopctl gateway render … unix:{1} unix:{2}",
                                    service.name, socket_of(service, 0).string(),
                                    socket_of(service, 1).string())});
}

}  // namespace shop::cli::deploy
