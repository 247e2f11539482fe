// What this host has: disk, memory, a clock, backups.
#include <sys/stat.h>
#include <sys/timex.h>

#include <algorithm>

#include "backup/file.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/preflight.hpp"
#include "deploy/settings_file.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBlockBytes = 512;  // of stat(2)

// Of the nearest folder that is there, since ours may be made later.
std::int64_t free_bytes(fs::path path) {
    std::error_code error;
    while (!fs::exists(path, error) && path.has_parent_path() && path != path.parent_path())
        path = path.parent_path();
    const auto space = fs::space(path, error);
    return error ? 0 : static_cast<std::int64_t>(space.available);
}

// What is really on disk: a store's file has holes.
std::int64_t bytes_in(const fs::path& folder) {
    std::int64_t bytes = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        struct stat status {};
        if (::lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode))
            bytes += status.st_blocks * kBlockBytes;
    }
    return bytes;
}

Result<std::int64_t> available_memory() {
    SHOP_TRY(text, read_file("/proc/meminfo"));
    constexpr std::string_view kName = "MemAvailable:";
    for (auto line : split(text, '\n')) {
        if (!line.starts_with(kName)) continue;
        line = trim(line.substr(kName.size()));
        if (const auto kib = parse_int(line.substr(0, line.find(' ')))) return *kib * 1024;
    }
    return fail(Code::internal, "/proc/meminfo does not say how much memory is available.");
}

// The kernel's own word, which whatever keeps the time (chrony, timesyncd, ntpd) gives it.
bool clock_is_synchronised() {
    timex state{};
    return ::adjtimex(&state) != -1 && (state.status & STA_UNSYNC) == 0;
}

// By what the files say of themselves; a damaged one is none.
std::int64_t newest_backup_hours(const fs::path& folder) {
    std::optional<Time> newest;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".backup") continue;
        const auto file = BackupFile::open(entry.path());
        if (file && (!newest || file->manifest().created_at > *newest))
            newest = file->manifest().created_at;
    }
    if (!newest) return -1;
    const auto age = system_clock().now() - *newest;
    return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::hours>(age).count());
}

}  // namespace

Result<HostFacts> facts_of(const Manifest& manifest) {
    HostFacts facts;
    facts.free_disk_bytes =
        std::min(free_bytes(manifest.state), free_bytes(manifest.backup_folder));
    for (const ServiceManifest& service : manifest.services) {
        const auto settings = read_file(service.settings);
        const std::string folder = settings ? setting_of(*settings, "data_dir") : "";
        if (folder.empty()) continue;
        facts.free_disk_bytes = std::min(facts.free_disk_bytes, free_bytes(folder));
        facts.store_bytes += bytes_in(folder);
    }
    SHOP_TRY(memory, available_memory());
    facts.free_memory_bytes = memory;
    facts.clock_synchronised = clock_is_synchronised();
    facts.backup_age_hours = newest_backup_hours(manifest.backup_folder);
    return facts;
}

}  // namespace shop::cli::deploy
