#include "deploy/driver_podman.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/driver_podman_impl.hpp"
#include "deploy/service_probe.hpp"
#include "deploy/settings_file.hpp"
#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kPodmanSettingsMax = 1024 * 1024;
// Of an image that names no bound of its own.
constexpr std::int64_t kPodmanMemoryBytes = std::int64_t{1} << 30;
// workers may be 256.
constexpr auto kPodmanPids = "320";
// drain_seconds (20), and what closing the store takes; then it is killed.
constexpr auto kPodmanStopSeconds = "30";
// Until podman has stopped a container, or fetched an image.
constexpr auto kPodmanLong = 10min;
constexpr auto kPodmanReadyPause = 50ms;
constexpr auto kPodmanLookPause = 500ms;  // a question to podman takes a tenth of a second

// Where names of images begin that say which service of a release they are.
constexpr std::string_view kReleaseImages = "localhost/shop-release/";
// Labels of our containers.
constexpr auto kPartLabel = "shop.part";
constexpr auto kFormatLabel = "shop.store-format";

bool is_elsewhere(std::string_view url) { return !url.empty() && !url.starts_with("unix:"); }

// A folder as the host sees it and the container, too.
std::string same_inside(const fs::path& path, std::string_view options) {
    return fmt::format("{0}:{0}:{1}", path.string(), options);
}

// Whether the two can have the store open at the same time.
bool of_one_format(const PodmanContainer& container, const Part& part) {
    return container.label(kFormatLabel) == std::to_string(part.description.store_format);
}

}  // namespace

std::vector<std::string> podman_confined() {
    return {"--read-only",    "--read-only-tmpfs=false", "--cap-drop",     "all",
            "--security-opt", "no-new-privileges",       "--image-volume", "ignore"};
}

std::string podman_end_reason(const PodmanContainer& container) {
    constexpr std::int64_t kSignals = 128;
    if (container.oom_killed) return "oom-kill";
    if (container.state != "exited" && container.state != "stopped" && container.restarts == 0)
        return container.state;
    return container.exit_code > kSignals ? fmt::format("signal {}", container.exit_code - kSignals)
                                          : fmt::format("exit {}", container.exit_code);
}

std::string PodmanDriver::secret_of(const ServiceManifest& service, const SecretVersion& secret) {
    return fmt::format("{}.{}.{}", program_of(service), secret.name, secret.version);
}

// What a release is made of.

Result<Part> PodmanDriver::collect(const ServiceManifest& service) {
    auto image = podman_image(service.image);
    if (!image && image.error().code == Code::not_found &&
        !service.image.starts_with("localhost/")) {
        SHOP_CHECK(podman({"pull", "--quiet", service.image}, {.deadline = kPodmanLong}));
        image = podman_image(service.image);
    }
    if (!image) return tl::make_unexpected(std::move(image).error());
    auto settings = read_file(service.settings, kPodmanSettingsMax);
    if (!settings)
        return fail(settings.error().code, settings.error().message +
                                               ". Write the service's settings there, or say in "
                                               "deploy.yaml where they are (`settings`).");
    Part part;
    part.binary = image->id;
    SHOP_TRY(hash, objects_.put(*settings, settings_of(service), 0644));
    part.settings = hash;
    SHOP_TRY(secrets, secrets_.newest(service.name));
    part.secrets = secrets;
    SHOP_TRY(description, describe(service, *image));
    part.description = description;
    return part;
}

Result<Description> PodmanDriver::describe(const ServiceManifest& service,
                                           const PodmanImage& image) const {
    Words words = {"run", "--rm", "--network", "none"};
    const Words confined = podman_confined();
    words.insert(words.end(), confined.begin(), confined.end());
    words.insert(words.end(),
                 {"--entrypoint", "/usr/bin/" + program_of(service), image.id, "--describe"});
    const auto said = podman(std::move(words));
    if (!said)
        return fail(Code::failed_precondition,
                    fmt::format("{} can't be deployed: it does not say what it is (--describe). {}",
                                service.image, said.error().message));
    auto description = schema::decode_text<Description>(*said, schema::Mode::stored);
    if (!description)
        return fail(Code::failed_precondition,
                    fmt::format("{} can't be deployed: what it says of itself (--describe) can't "
                                "be read: {}",
                                service.image, description.error().message));
    if (description->service != service.name)
        return fail(Code::failed_precondition,
                    fmt::format("{} is no shop-{}: it says that it is \"{}\". Correct `image` in "
                                "deploy.yaml.",
                                service.image, service.name, description->service));
    return description;
}

Result<PodmanDriver::Plan> PodmanDriver::plan_of(const ServiceManifest& service,
                                                 const Part& part) const {
    SHOP_CHECK(objects_.verify(part.settings, settings_of(service)));
    SHOP_TRY(text, objects_.read(part.settings, settings_of(service)));
    SHOP_TRY(image, podman_image(part.binary));
    Plan plan{image, setting_of(text, "data_dir"), setting_of(text, "keys_dir"),
              objects_.path(part.settings, settings_of(service)), false};
    for (const auto* key : {"mail_url", "users_url", "products_url", "orders_url"})
        plan.network = plan.network || is_elsewhere(setting_of(text, key));
    if (plan.data.is_absolute() && plan.keys.is_absolute()) return plan;
    return fail(Code::failed_precondition,
                fmt::format("{} has to name data_dir and keys_dir, folders of this host with their "
                            "whole path.",
                            service.settings));
}

PodmanDriver::Words PodmanDriver::run_words(const ServiceManifest& service, const Part& part,
                                            const Plan& plan, Slot slot) const {
    const std::string memory =
        std::to_string(plan.image.memory_bytes > 0 ? plan.image.memory_bytes : kPodmanMemoryBytes);
    Words words = {"run",   "--detach",     "--name", container_of(service, slot),
                   "--pod", pod_of(service)};
    const Words confined = podman_confined();
    words.insert(words.end(), confined.begin(), confined.end());
    const auto add = [&](std::initializer_list<std::string> more) {
        words.insert(words.end(), more);
    };
    add({"--label", fmt::format("{}={}", kPartLabel, fingerprint(part))});
    add({"--label", fmt::format("{}={}", kFormatLabel, part.description.store_format)});
    add({"--network", plan.network ? "podman" : "none"});
    add({"--group-add", std::to_string(kSocketGroup)});
    // Keys and passwords are not for the disk: no swap.
    add({"--memory", memory + "b", "--memory-swap", memory + "b", "--pids-limit", kPodmanPids});
    // Bad settings are no better a second later: it gives up after a few attempts.
    add({"--restart", "on-failure:5", "--stop-timeout", kPodmanStopSeconds});
    add({"--env", fmt::format("SHOP_{}_SOCKET={}", to_upper(service.name),
                              socket_of(service, slot).string())});
    // First the folders of all, then of these the ones that are ours to write.
    add({"--volume", same_inside(link_of(service).parent_path(), "ro")});
    add({"--volume", same_inside(sockets_of(service), "rw")});
    add({"--volume", same_inside(plan.keys.parent_path(), "ro")});
    add({"--volume", same_inside(plan.keys, "rw")});
    add({"--volume", same_inside(plan.data, "rw")});
    add({"--volume",
         fmt::format("{}:/etc/shop/{}:ro", plan.settings.string(), settings_of(service))});
    // Where a unit of systemd would have it.
    for (const SecretVersion& secret : part.secrets)
        add({"--secret",
             fmt::format(
                 "{},type=mount,target=/run/credentials/{}.service/{},uid={},gid={},mode=0400",
                 secret_of(service, secret), program_of(service), secret.name, plan.image.uid,
                 plan.image.gid)});
    words.push_back(plan.image.id);
    return words;
}

// The switch.

Result<void> PodmanDriver::stage(const ServiceManifest& service, const Part& part) {
    SHOP_TRY(plan, plan_of(service, part));
    // With a name of its own `podman image prune` lets it be when the next one takes its tag.
    SHOP_CHECK(podman({"tag", plan.image.id, tag_of(service, plan.image.id)}));
    return make_folders(service, plan);
}

std::string PodmanDriver::tag_of(const ServiceManifest& service, const std::string& image) {
    return fmt::format("{}{}:{}", kReleaseImages, service.name, image.substr(image.find(':') + 1));
}

// The images themselves go with the last of their names.
Result<void> PodmanDriver::prune(const std::vector<Release>& kept) {
    std::set<std::string> needed;
    for (const ServiceManifest& service : manifest_.services) {
        for (const Release& release : kept)
            for (const Part& part : release.parts) needed.insert(tag_of(service, part.binary));
        SHOP_TRY(now, now_of(service));
        for (const auto& container : now.containers)
            if (container) needed.insert(tag_of(service, container->image));
    }
    SHOP_TRY(names, podman({"image", "ls", "--format", "{{.Repository}}:{{.Tag}}"}));
    for (const auto line : split(names, '\n')) {
        const std::string name(trim(line));
        // Those of a service that the manifest does not name are not ours to judge.
        const bool ours = std::ranges::any_of(manifest_.services, [&](const auto& service) {
            return name.starts_with(fmt::format("{}{}:", kReleaseImages, service.name));
        });
        if (ours && !needed.contains(name)) SHOP_CHECK(podman({"rmi", name}));
    }
    return {};
}

Result<PodmanDriver::Now> PodmanDriver::now_of(const ServiceManifest& service) const {
    Now now;
    for (const Slot slot : {Slot{0}, Slot{1}}) {
        SHOP_TRY(container, podman_container(container_of(service, slot)));
        now.containers[slot] = container;
    }
    now.in_charge = linked(service);
    return now;
}

bool PodmanDriver::is_of(const ServiceManifest& service, const Part& part, const Plan& plan,
                         Slot slot, const std::optional<PodmanContainer>& container) const {
    return container && container->image == plan.image.id &&
           container->made_by == run_words(service, part, plan, slot);
}

Result<void> PodmanDriver::switch_to(const ServiceManifest& service, const Part& part) {
    SHOP_TRY(plan, plan_of(service, part));
    SHOP_TRY(now, now_of(service));
    const auto& former = now.in_charge ? now.containers[*now.in_charge] : std::nullopt;
    const bool runs = former && former->running();
    // Once more after a deployer died between the change and the end of the old one.
    if (runs && is_of(service, part, plan, *now.in_charge, former))
        return settle(service, part, *now.in_charge);
    const Slot slot = now.in_charge ? other(*now.in_charge) : 0;
    SHOP_CHECK(gateway_forget(service, slot));
    SHOP_CHECK(remove(service, slot));
    SHOP_CHECK(make_folders(service, plan));
    SHOP_CHECK(install_secrets(service, part));
    if (runs && !of_one_format(*former, part))
        return start_alone(service, part, plan, *now.in_charge, slot);
    SHOP_CHECK(start(service, part, plan, slot));
    if (runs)
        if (auto good = canary(service, *now.in_charge, slot); !good) {
            SHOP_CHECK(gateway_to(service, *now.in_charge));
            SHOP_CHECK(gateway_away(service, slot));
            SHOP_CHECK(remove(service, slot));
            return good;
        }
    return settle(service, part, slot);
}

// Starts it and waits until it is ready. Where it does not become so, it is gone again.
Result<void> PodmanDriver::start(const ServiceManifest& service, const Part& part, const Plan& plan,
                                 Slot slot) const {
    SHOP_TRY(has_pod, podman_says({"pod", "exists", pod_of(service)}));
    if (!has_pod)
        SHOP_CHECK(podman({"pod", "create", "--name", pod_of(service), "--share", "pid",
                           "--network", "none", "--label", "shop.service=" + service.name}));
    auto ready = podman(run_words(service, part, plan, slot)).and_then([&](const std::string&) {
        return wait_ready(service, slot);
    });
    if (ready) return {};
    const std::string words = podman_last_words(container_of(service, slot));
    static_cast<void>(remove(service, slot));
    return fail(ready.error().code,
                fmt::format("{} did not start: {}{}{}", program_of(service), ready.error().message,
                            words.empty() ? "" : ". Its last words:\n", words));
}

Result<void> PodmanDriver::wait_ready(const ServiceManifest& service, Slot slot) const {
    ServiceManifest candidate = service;
    candidate.url = "unix:" + socket_of(service, slot).string();
    SHOP_TRY(probe, ServiceProbe::make(candidate));
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(manifest_.gates.ready_seconds);
    auto look_at = std::chrono::steady_clock::now() + kPodmanLookPause;
    for (;;) {
        const auto health = probe.health();
        if (health && health->status != "unavailable") return {};
        const auto now = std::chrono::steady_clock::now();
        if (now >= look_at || now >= end) {
            SHOP_TRY(container, podman_container(container_of(service, slot)));
            if (!container || !container->running() || container->restarts > 0)
                return fail(Code::failed_precondition,
                            container ? podman_end_reason(*container) : "somebody removed it");
            look_at = now + kPodmanLookPause;
        }
        if (now >= end)
            return fail(Code::timeout,
                        fmt::format("it was not ready within {} s", manifest_.gates.ready_seconds));
        std::this_thread::sleep_for(kPodmanReadyPause);
    }
}

// Where the old one and the new one can't have the store open at the same time.
Result<void> PodmanDriver::start_alone(const ServiceManifest& service, const Part& part,
                                       const Plan& plan, Slot former, Slot slot) const {
    SHOP_CHECK(gateway_hold(true));
    auto done = podman({"stop", container_of(service, former)}, {.deadline = kPodmanLong})
                    .and_then([&](const std::string&) { return start(service, part, plan, slot); })
                    .and_then([&] { return settle(service, part, slot); });
    const auto open = gateway_hold(false);
    if (!done) return done;
    return open;
}

// This place is in charge, and the other one is empty.
Result<void> PodmanDriver::settle(const ServiceManifest& service, const Part& part,
                                  Slot slot) const {
    SHOP_CHECK(gateway_to(service, slot));
    SHOP_CHECK(put_in_charge(service, slot));
    SHOP_CHECK(gateway_away(service, other(slot)));
    SHOP_CHECK(remove(service, other(slot)));
    SHOP_CHECK(gateway_forget(service, other(slot)));
    return forget_secrets(service, part);
}

// Lets it drain first. One that is not there is no error.
Result<void> PodmanDriver::remove(const ServiceManifest& service, Slot slot) const {
    const std::string name = container_of(service, slot);
    SHOP_TRY(there, podman_says({"container", "exists", name}));
    if (!there) return {};
    SHOP_CHECK(podman({"stop", "--ignore", name}, {.deadline = kPodmanLong}));
    SHOP_CHECK(podman({"rm", "--force", "--ignore", "--volumes", name}));
    return {};
}

// podman keeps a copy for each container that has it; no value is ever a word of a command.
Result<void> PodmanDriver::install_secrets(const ServiceManifest& service, const Part& part) const {
    for (const SecretVersion& secret : part.secrets) {
        const std::string name = secret_of(service, secret);
        SHOP_TRY(there, podman_says({"secret", "inspect", name}));
        if (there) continue;
        SHOP_TRY(value, secrets_.value(service.name, secret));
        // As "-" and "/dev/stdin" podman takes a pipe alone.
        SHOP_CHECK(podman({"secret", "create", name, "/proc/self/fd/0"}, {.input = value}));
    }
    return {};
}

Result<void> PodmanDriver::forget_secrets(const ServiceManifest& service, const Part& part) const {
    SHOP_TRY(names, podman({"secret", "ls", "--format", "{{.Name}}"}));
    for (const auto line : split(names, '\n')) {
        const std::string name(trim(line));
        const bool used = std::ranges::any_of(part.secrets, [&](const SecretVersion& secret) {
            return secret_of(service, secret) == name;
        });
        if (name.starts_with(program_of(service) + ".") && !used)
            SHOP_CHECK(podman({"secret", "rm", name}));
    }
    return {};
}

Result<Instance> PodmanDriver::instance(const ServiceManifest& service) {
    Instance out;
    const auto slot = linked(service);
    if (!slot) {
        out.reason = "there is no container";
        return out;
    }
    SHOP_TRY(container, podman_container(container_of(service, *slot)));
    if (!container) {
        out.reason = "the container is gone";
        return out;
    }
    out.running = container->running();
    out.pid = container->pid;
    out.restarts = container->restarts;
    out.binary = container->image;
    if (!out.running || out.restarts > 0) out.reason = podman_end_reason(*container);
    if (!out.running) out.last_words = podman_last_words(container_of(service, *slot));
    return out;
}

std::unique_ptr<Driver> make_podman_driver(const Manifest& manifest, ObjectStore& objects,
                                           Secrets& secrets, PodmanPlaces places) {
    return std::make_unique<PodmanDriver>(manifest, objects, secrets, std::move(places));
}

}  // namespace shop::cli::deploy
