#include "deploy/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/maintenance.hpp"
#include "deploy/settings_file.hpp"
#include "gateway/haproxy.hpp"
#include "http/tls.hpp"

namespace shop::cli::deploy {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;
// A release has programs of 5 MiB each; beside them logs and the stores' growth want room.
constexpr std::int64_t kDiskMin = 512 * kMiB;
// A backup needs the stores' size twice, its pieces and the file, and a new store format once more:
// the store is rewritten beside the old one.
constexpr std::int64_t kStoresMax = 3;
// A service has 64 MiB of bodies and answers, userd as much for each password that it hashes.
constexpr std::int64_t kMemoryMin = 128 * kMiB;
constexpr std::int64_t kMemoryEnough = 256 * kMiB;

using Findings = std::vector<Finding>;

// What one check works with.
struct Checked {
    const PreflightInput& input;
    Driver& driver;
    // The release, and behind it what stays of the current one.
    const Release& together;
    Findings& findings;

    void refuse(const char* check, const std::string& service, std::string message) const {
        findings.push_back({check, service, true, std::move(message)});
    }
    void warn(const char* check, const std::string& service, std::string message) const {
        findings.push_back({check, service, false, std::move(message)});
    }
};

void check_disk(const Checked& at) {
    const HostFacts& facts = at.input.facts;
    const std::int64_t needed = std::max(kDiskMin, kStoresMax * facts.store_bytes);
    if (facts.free_disk_bytes >= needed) return;
    at.refuse(
        "disk", "",
        fmt::format("{} MiB are free, and {} MiB are needed for the release, a backup and a "
                    "store that is rewritten. Make room: old backups in {} are the first "
                    "place to look.",
                    facts.free_disk_bytes / kMiB, needed / kMiB, at.input.manifest.backup_folder));
}

void check_memory(const Checked& at) {
    const std::int64_t bytes = at.input.facts.free_memory_bytes;
    if (bytes < kMemoryMin)
        at.refuse("memory", "",
                  fmt::format("{} MiB of memory are available, and a service needs {} MiB to "
                              "start. End what else runs here, or give the host more.",
                              bytes / kMiB, kMemoryMin / kMiB));
    else if (bytes < kMemoryEnough)
        at.warn("memory", "",
                fmt::format("{} MiB of memory are available; below {} MiB a busy service may be "
                            "killed for want of it.",
                            bytes / kMiB, kMemoryEnough / kMiB));
}

// Units, settings by the new program, ports: what a driver says has the check's name with it.
void check_host(const Checked& at) {
    for (const Part& part : at.input.release.parts) {
        const std::string& name = part.description.service;
        const auto& services = at.input.manifest.services;
        const auto service = std::ranges::find(services, name, &ServiceManifest::name);
        if (service == services.end()) {
            at.refuse("units", name, "deploy.yaml has no service " + name + ". Add it there.");
            continue;
        }
        const auto good = at.driver.preflight(*service, part);
        if (good) continue;
        for (const FieldError& one : good.error().fields)
            at.refuse(one.pointer.c_str(), name, one.message);
        if (good.error().fields.empty()) at.refuse("units", name, good.error().message);
    }
}

void check_formats(const Checked& at) {
    if (!at.input.current) return;
    if (const auto good = check_store_formats(*at.input.current, at.input.release); !good)
        at.refuse("store format", "", good.error().message);
}

// The parameters' names are no part of the contract.
std::string shape_of(std::string_view endpoint) {
    std::string out;
    bool inside = false;
    for (const char c : endpoint) {
        if (c == '}') inside = false;
        if (!inside) out += c;
        if (c == '{') inside = true;
    }
    return out;
}

bool serves(const Part& part, const std::string& endpoint) {
    const std::string shape = shape_of(endpoint);
    return std::ranges::any_of(part.description.serves,
                               [&](const std::string& one) { return shape_of(one) == shape; });
}

void check_contract(const Checked& at) {
    if (const auto good = check_contracts(at.together); !good)
        at.refuse("contract", "", good.error().message);
    for (const Need& need : at.input.in_use) {
        const Part* part = at.input.release.find(need.service);
        if (part == nullptr || serves(*part, need.endpoint)) continue;
        at.refuse("contract", need.service,
                  fmt::format("{} is in use, and {} {} does not serve it any more. Serve it until "
                              "nobody asks for it.",
                              need.endpoint, need.service, part->description.version));
    }
}

void check_backup(const Checked& at) {
    const std::int64_t hours = at.input.facts.backup_age_hours;
    const std::int64_t hours_max = at.input.manifest.backup_hours_max;
    if (hours_max == 0 || (hours >= 0 && hours <= hours_max)) return;
    at.warn("backup", "",
            (hours < 0 ? "There is no backup in " + at.input.manifest.backup_folder
                       : fmt::format("The newest backup is {} hours old", hours)) +
                "; one is taken first.");
}

void check_end(const Checked& at, const std::string& service, const std::string& certificate,
               const Result<Time>& end) {
    const Time now = system_clock().now();
    if (!end)
        at.refuse("certificates", service, end.error().message);
    else if (*end <= now)
        at.refuse("certificates", service,
                  certificate + " is over since " + format_time(*end) + ". Get a new one first.");
    else if (ends_soon(*end, now))
        at.warn("certificates", service,
                certificate + " ends at " + format_time(*end) + ". Get a new one soon.");
}

Result<Time> end_of(const std::string& certificate, const std::string& key) {
    SHOP_TRY(loaded, http::TlsServer::load({certificate, key}));
    return loaded->not_after();
}

// HAProxy's "show ssl cert": a file's path a line; "*" before one that is being changed.
void check_gateway_certificates(const Checked& at) {
    const std::string& socket = at.input.manifest.gateway.runtime_socket;
    if (socket.empty()) return;
    const auto said = GatewayControl(socket).ask("show ssl cert");
    if (!said) return at.refuse("certificates", "gateway", said.error().message);
    for (const auto line : split(*said, '\n'))
        if (const auto path = trim(line); path.starts_with('/'))
            check_end(at, "gateway", std::string(path),
                      check_certificate(std::string(path), system_clock().now()));
}

void check_certificates(const Checked& at) {
    for (const ServiceManifest& service : at.input.manifest.services) {
        const auto settings = read_file(service.settings);
        if (!settings) continue;  // its absence is said by the driver
        const std::string certificate = setting_of(*settings, "tls_certificate");
        if (certificate.empty()) continue;
        check_end(at, service.name, certificate,
                  end_of(certificate, setting_of(*settings, "tls_key")));
    }
    check_gateway_certificates(at);
}

void check_clock(const Checked& at) {
    if (at.input.facts.clock_synchronised) return;
    at.warn("clock", "",
            "Nothing keeps this host's clock right: tokens and one-time codes of other hosts may "
            "be refused. Install chrony, or: timedatectl set-ntp true");
}

constexpr void (*kChecks[])(const Checked&) = {check_disk,         check_memory,   check_host,
                                               check_formats,      check_contract, check_backup,
                                               check_certificates, check_clock};

Release with_what_stays(const Release& release, const std::optional<Release>& current) {
    Release out = release;
    if (!current) return out;
    for (const Part& part : current->parts)
        if (out.find(part.description.service) == nullptr) out.parts.push_back(part);
    return out;
}

}  // namespace

std::vector<Finding> preflight(const PreflightInput& input, Driver& driver) {
    Findings findings;
    const Release together = with_what_stays(input.release, input.current);
    const Checked at{input, driver, together, findings};
    for (const auto check : kChecks) check(at);
    return findings;
}

Result<void> check_store_formats(const Release& current, const Release& to) {
    std::string wrong;
    for (const Part& part : to.parts) {
        const Part* before = current.find(part.description.service);
        if (before == nullptr) continue;
        const Description& next = part.description;
        const std::int64_t has = before->description.store_format;
        if (has >= next.store_reads_from && has <= next.store_format) continue;
        wrong +=
            fmt::format("{}{} {} reads stores of format {} to {}, and that of {} {} has {}.",
                        wrong.empty() ? "" : " ", next.service, next.version, next.store_reads_from,
                        next.store_format, next.service, before->description.version, has);
    }
    if (wrong.empty()) return {};
    return fail(Code::failed_precondition,
                wrong +
                    " The way out: stop the shop, restore the backup that was taken before the "
                    "store was rewritten (shopctl backup list, shopctl backup restore), and "
                    "deploy again; what was bought since is lost. Or go forward, to a release "
                    "that reads it.");
}

Result<void> check_contracts(const Release& release) {
    std::string wrong;
    for (const Part& part : release.parts)
        for (const Need& need : part.description.needs) {
            const Part* other = release.find(need.service);
            if (other == nullptr || serves(*other, need.endpoint)) continue;
            wrong += fmt::format("{}{} {} calls {} of {}, which {} does not serve.",
                                 wrong.empty() ? "" : " ", part.description.service,
                                 part.description.version, need.endpoint, need.service,
                                 other->description.version);
        }
    if (wrong.empty()) return {};
    return fail(Code::failed_precondition, wrong + " Deploy versions that go together.");
}

}  // namespace shop::cli::deploy
