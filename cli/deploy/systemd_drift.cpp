// What on the host is not as the release says.
#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/driver_systemd_impl.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

bool is_by_hand(std::string_view path) {
    return path.starts_with("/etc/") || path.starts_with("/run/");
}

}  // namespace

Result<std::vector<std::string>> SystemdDriver::drift(const ServiceManifest& service,
                                                      const Part& part) {
    std::vector<std::string> lines;
    object_drift(service, part, lines);
    // Without its unit's object there is nothing to hold the host against.
    auto unit = rendered(service, part);
    if (unit) unit_drift(service, *unit, lines);
    const std::string wanted =
        fmt::format("LoadState,FragmentPath,DropInPaths,NeedDaemonReload,ActiveState,MainPID,{}",
                    kEndProperties);
    SHOP_TRY(is, show_unit(unit_of(service), wanted));
    loaded_drift(service, is, lines);
    process_drift(service, part, is, lines);
    SHOP_CHECK(socket_drift(service, lines));
    return lines;
}

void SystemdDriver::unit_drift(const ServiceManifest& service, const UnitText& unit,
                               std::vector<std::string>& lines) const {
    const auto text = read_file(unit_file(service));
    if (!text)
        lines.push_back("the unit is not there: " + unit_file(service).string());
    else if (*text != unit.unit)
        lines.push_back("the unit was changed: " + unit_file(service).string());
    const fs::path folder = drop_in_folder(service);
    const auto there = read_drop_ins(folder).value_or(std::vector<DropIn>());
    for (const DropIn& drop_in : there) {
        const auto ours = std::ranges::find(unit.drop_ins, drop_in.name, &DropIn::name);
        if (ours == unit.drop_ins.end())
            lines.push_back("a drop-in was added: " + (folder / drop_in.name).string());
        else if (*ours != drop_in)
            lines.push_back("a drop-in was changed: " + (folder / drop_in.name).string());
    }
    for (const DropIn& drop_in : unit.drop_ins)
        if (std::ranges::find(there, drop_in.name, &DropIn::name) == there.end())
            lines.push_back("a drop-in was removed: " + (folder / drop_in.name).string());
}

// What systemd has in memory, which may come from other folders, or from before a change.
void SystemdDriver::loaded_drift(const ServiceManifest& service, const UnitProperties& is,
                                 std::vector<std::string>& lines) const {
    const auto fragment = property(is, "FragmentPath");
    if (property(is, "LoadState") == "masked")
        lines.push_back("the unit is masked; undo it with: systemctl unmask " + unit_of(service));
    else if (!fragment.empty() && fragment != unit_file(service).native())
        lines.push_back("systemd has the unit from elsewhere: " + std::string(fragment));
    for (const fs::path path : split(property(is, "DropInPaths"), ' '))
        if (is_by_hand(path.native()) && path.parent_path() != drop_in_folder(service))
            lines.push_back("a drop-in was added: " + path.string());
    if (property(is, "NeedDaemonReload") == "yes")
        lines.push_back(
            "systemd has not read what was changed; it does after: systemctl "
            "daemon-reload");
}

void SystemdDriver::object_drift(const ServiceManifest& service, const Part& part,
                                 std::vector<std::string>& lines) const {
    const auto check = [&](const char* what, const std::string& hash, const std::string& name) {
        const auto good = objects_.verify(hash, name);
        if (!good) lines.push_back(std::string("the ") + what + ": " + good.error().message);
    };
    check("program", part.binary, program_of(service));
    check("settings", part.settings, settings_of(service));
    check("unit of the release", part.unit, unit_of(service));
}

void SystemdDriver::process_drift(const ServiceManifest& service, const Part& part,
                                  const UnitProperties& is, std::vector<std::string>& lines) const {
    const auto state = property(is, "ActiveState");
    if (state != "active" && state != "reloading") {
        const std::string reason = end_reason(is);
        lines.push_back("it does not run (" + std::string(state) +
                        (reason.empty() ? "" : ", " + reason) + ")");
        return;
    }
    const fs::path program = program_of_process(parse_int(property(is, "MainPID")).value_or(0));
    if (!program.empty() && program != binary_path(service, part))
        lines.push_back("another program runs: " + program.string());
}

Result<void> SystemdDriver::socket_drift(const ServiceManifest& service,
                                         std::vector<std::string>& lines) const {
    SHOP_TRY(is, show_unit(socket_of(service), "LoadState,ActiveState,UnitFileState"));
    const std::string socket = socket_of(service);
    if (property(is, "ActiveState") != "active")
        lines.push_back("its socket is closed; open it with: systemctl start " + socket);
    if (property(is, "UnitFileState") != "enabled")
        lines.push_back("its socket will not be there after a boot; see: systemctl enable " +
                        socket);
    return {};
}

}  // namespace shop::cli::deploy
