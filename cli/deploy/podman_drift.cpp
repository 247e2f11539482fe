// What on this host is not as a release in containers says.
#include <fmt/format.h>

#include "deploy/driver_podman_impl.hpp"

namespace shop::cli::deploy {

Result<std::vector<std::string>> PodmanDriver::drift(const ServiceManifest& service,
                                                     const Part& part) {
    const auto plan = plan_of(service, part);
    if (!plan) return std::vector<std::string>{"the release: " + plan.error().message};
    SHOP_TRY(now, now_of(service));
    if (!now.in_charge) {
        std::error_code ignored;
        const auto target = std::filesystem::read_symlink(link_of(service), ignored);
        return std::vector<std::string>{
            fmt::format("{} leads {}, to no container of ours", link_of(service).string(),
                        target.empty() ? "nowhere" : "to " + target.string())};
    }
    const Slot slot = *now.in_charge;
    const std::string name = container_of(service, slot);
    const auto& container = now.containers[slot];
    if (!container) return std::vector<std::string>{"there is no container " + name};
    std::vector<std::string> lines;
    if (!container->running())
        lines.push_back(fmt::format("it does not run ({})", podman_end_reason(*container)));
    if (container->image != plan->image.id)
        lines.push_back("another image runs: " + container->image);
    const Words words = run_words(service, part, *plan, slot);
    if (container->made_by != words)
        lines.push_back("the container was made by hand, or from another release: " + name);
    const auto memory = std::find(words.begin(), words.end(), "--memory");
    if (memory != words.end() && std::to_string(container->memory_bytes) + "b" != *(memory + 1))
        lines.push_back(fmt::format("its bound of memory was changed to {} MiB",
                                    container->memory_bytes >> 20));
    if (now.containers[other(slot)])
        lines.push_back("a second container is there: " + container_of(service, other(slot)));
    return lines;
}

}  // namespace shop::cli::deploy
