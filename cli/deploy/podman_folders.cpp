// What containers see of this host: folders of sockets, stores and keys, and the link that says
// which container is in charge.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "api/endpoint.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "deploy/driver_podman_impl.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnixScheme = "unix:";
// Group and everybody else get in; what is made in it belongs to the group.
constexpr mode_t kSocketsMode = 02755;

Failure cannot(std::string_view what, const fs::path& path) {
    return fail(Code::unavailable, fmt::format("Can't {} {}: {}", what, path.string(),
                                               std::generic_category().message(errno)));
}

// Exactly this folder; its parents are root's.
Result<void> own_folder(const fs::path& path, mode_t mode, unsigned uid, unsigned gid,
                        bool with_owner) {
    SHOP_CHECK(make_folder(path.parent_path(), 0755));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return cannot("make", path);
    if (with_owner && ::lchown(path.c_str(), uid, gid) != 0) return cannot("give away", path);
    if (::chmod(path.c_str(), mode) != 0) return cannot("open", path);
    return {};
}

// In one step, whatever is there.
Result<void> set_link(const fs::path& link, const fs::path& target) {
    std::error_code ignored;
    if (fs::read_symlink(link, ignored) == target) return {};
    const fs::path beside = link.string() + ".new";
    ::unlink(beside.c_str());
    if (::symlink(target.c_str(), beside.c_str()) != 0) return cannot("make", beside);
    if (::rename(beside.c_str(), link.c_str()) != 0) return cannot("change", link);
    return {};
}

// A service reads what the others publish through links in the folder that it alone can write: in
// a shared one whoever came first could leave a key in userd's name.
Result<void> link_keys(const std::string& service, const fs::path& keys) {
    for (const auto* table : api::all_daemons()) {
        if (table->name == service) continue;
        std::vector<std::string> states = {""};
        if (table->name == api::users_service().name) states = {"", ".next", ".previous"};
        for (const auto& state : states) {
            const std::string file = table->name + state + ".pub";
            SHOP_CHECK(set_link(keys / file, fs::path("..") / table->name / file));
        }
    }
    return {};
}

}  // namespace

fs::path PodmanDriver::link_of(const ServiceManifest& service) {
    return service.url.starts_with(kUnixScheme) ? service.url.substr(kUnixScheme.size())
                                                : std::string();
}

fs::path PodmanDriver::sockets_of(const ServiceManifest& service) {
    return link_of(service).parent_path() / service.name;
}

fs::path PodmanDriver::socket_of(const ServiceManifest& service, Slot slot) {
    return sockets_of(service) / (std::string(kSlots[slot]) + ".sock");
}

Result<void> PodmanDriver::make_folders(const ServiceManifest& service, const Plan& plan) const {
    const auto own = [&](const fs::path& path, mode_t mode, unsigned gid) {
        return own_folder(path, mode, plan.image.uid, gid, places_.owners);
    };
    SHOP_CHECK(own(sockets_of(service), kSocketsMode, kSocketGroup));
    SHOP_CHECK(own(plan.data, 0700, plan.image.gid));
    SHOP_CHECK(own(plan.keys, 0755, plan.image.gid));
    return link_keys(service.name, plan.keys);
}

std::optional<PodmanDriver::Slot> PodmanDriver::linked(const ServiceManifest& service) {
    std::error_code ignored;
    const fs::path target = fs::read_symlink(link_of(service), ignored);
    for (const Slot slot : {Slot{0}, Slot{1}})
        if (!target.empty() && link_of(service).parent_path() / target == socket_of(service, slot))
            return slot;
    return std::nullopt;
}

// Whoever connects from now on finds the new one; who is connected stays where he is.
Result<void> PodmanDriver::put_in_charge(const ServiceManifest& service, Slot slot) const {
    const fs::path link = link_of(service);
    const fs::path target = socket_of(service, slot).lexically_relative(link.parent_path());
    SHOP_CHECK(set_link(link, target));
    const bool lost_at_boot = link.native().starts_with("/run/");
    std::error_code ignored;
    if (!lost_at_boot || !fs::is_directory(places_.tmpfiles, ignored)) return {};
    struct stat folder {};
    if (::stat(sockets_of(service).c_str(), &folder) != 0)
        return cannot("look at", sockets_of(service));
    return write_file(
        places_.tmpfiles / (program_of(service) + "-podman.conf"),
        fmt::format("# Which container of {0} is in charge; written by `shopctl deploy`.\n"
                    "d {1} 0755 root root -\n"
                    "d {2} {3:o} {4} {5} -\n"
                    "L+ {6} - - - - {7}\n",
                    program_of(service), link.parent_path().string(), sockets_of(service).string(),
                    kSocketsMode, folder.st_uid, folder.st_gid, link.string(), target.string()),
        0644);
}

}  // namespace shop::cli::deploy
