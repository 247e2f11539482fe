#include "deploy/driver_systemd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/driver_systemd_impl.hpp"
#include "program.hpp"
#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kTextBytesMax = 1024 * 1024;  // of a unit, of settings
// Until the old instance has drained. systemd's own TimeoutStopSec ends it before.
constexpr std::chrono::minutes kDrainMax{10};
constexpr auto kStartProperties =
    "Job,ActiveState,SubState,MainPID,Result,ExecMainCode,ExecMainStatus";

Result<std::string> read_source(const std::string& path, const std::string& key) {
    auto text = read_file(path, kTextBytesMax);
    if (text) return text;
    return fail(text.error().code, fmt::format("{} Install the service's package, or say in "
                                               "deploy.yaml where its `{}` is.",
                                               text.error().message + '.', key));
}

// What was switched to: the unit as it is on the host, and all that the release says.
std::string stamp_of(const Part& part, const UnitText& unit) {
    return hash_of(join_unit(unit)) + ' ' + fingerprint(part) + '\n';
}

}  // namespace

Result<Part> SystemdDriver::collect(const ServiceManifest& service) {
    SHOP_TRY(unit, read_source(service.unit, "unit"));
    SHOP_TRY(settings, read_source(service.settings, "settings"));
    SHOP_TRY(drop_ins, read_drop_ins(drop_in_folder(service)));
    Part part;
    SHOP_TRY(binary, objects_.put_file(service.binary, program_of(service), 0755));
    SHOP_TRY(unit_hash, objects_.put(join_unit({unit, drop_ins}), unit_of(service), 0644));
    SHOP_TRY(settings_hash, objects_.put(settings, settings_of(service), 0644));
    SHOP_TRY(secrets, secrets_.newest(service.name));
    part.binary = binary;
    part.unit = unit_hash;
    part.settings = settings_hash;
    part.secrets = secrets;
    SHOP_TRY(description, describe(service, binary));
    part.description = description;
    SHOP_CHECK(link_companions(service, part, unit));
    return part;
}

Result<Description> SystemdDriver::describe(const ServiceManifest& service,
                                            const std::string& binary) const {
    const auto said = output_of({objects_.path(binary, program_of(service)), "--describe"});
    if (!said)
        return fail(Code::failed_precondition,
                    fmt::format("{} can't be deployed: it does not say what it is (--describe). {}",
                                service.binary, said.error().message));
    auto description = schema::decode_text<Description>(*said, schema::Mode::stored);
    if (!description)
        return fail(Code::failed_precondition,
                    fmt::format("{} can't be deployed: what it says of itself (--describe) can't "
                                "be read: {}",
                                service.binary, description.error().message));
    if (description->service != service.name)
        return fail(Code::failed_precondition,
                    fmt::format("{} is no shop-{}: it says that it is \"{}\". Correct `binary` in "
                                "deploy.yaml.",
                                service.binary, service.name, description->service));
    return description;
}

// userd starts shop-mail, productd shop-picture: each looks beside its own program. These stay the
// package's.
Result<void> SystemdDriver::link_companions(const ServiceManifest& service, const Part& part,
                                            std::string_view unit) const {
    const std::string allowed = unit_value(unit, "ExecPaths");
    const fs::path folder = binary_path(service, part).parent_path();
    for (const fs::path program : split(allowed, ' ')) {
        if (!program.native().starts_with("/usr/bin/shop-")) continue;
        if (program.filename() == program_of(service)) continue;
        std::error_code error;
        fs::create_symlink(program, folder / program.filename(), error);
        if (error && error != std::errc::file_exists)
            return fail(Code::unavailable, "Can't put " + program.filename().string() + " beside " +
                                               program_of(service) + ": " + error.message());
    }
    return {};
}

Result<void> SystemdDriver::verify_objects(const ServiceManifest& service, const Part& part) const {
    SHOP_CHECK(objects_.verify(part.binary, program_of(service)));
    SHOP_CHECK(objects_.verify(part.unit, unit_of(service)));
    return objects_.verify(part.settings, settings_of(service));
}

Result<UnitText> SystemdDriver::rendered(const ServiceManifest& service, const Part& part) const {
    SHOP_TRY(text, objects_.read(part.unit, unit_of(service)));
    SHOP_TRY(known, secrets_.list());
    UnitParts parts{service.name,
                    binary_path(service, part),
                    objects_.path(part.settings, settings_of(service)),
                    {}};
    for (const SecretVersion& secret : part.secrets) {
        const auto same = [&](const SecretInfo& info) {
            return info.service == service.name && info.name == secret.name;
        };
        const auto at = std::ranges::find_if(known, same);
        parts.credentials.push_back({secret.name, at != known.end() && at->encrypted});
    }
    return render_unit(split_unit(text), parts);
}

fs::path SystemdDriver::program_of_process(std::int64_t pid) const {
    if (pid <= 0) return {};
    std::error_code ignored;
    return fs::read_symlink(places_.proc / std::to_string(pid) / "exe", ignored);
}

Result<void> SystemdDriver::stage(const ServiceManifest& service, const Part& part) {
    SHOP_CHECK(verify_objects(service, part));
    SHOP_TRY(unit, rendered(service, part));
    return link_companions(service, part, unit.unit);
}

// Whether nothing is left to do: systemd has the unit, and the process is of it.
Result<bool> SystemdDriver::runs(const ServiceManifest& service, const Part& part,
                                 const UnitText& unit) const {
    if (read_file(switched_ / service.name).value_or("") != stamp_of(part, unit)) return false;
    if (read_file(unit_file(service)).value_or("") != unit.unit) return false;
    SHOP_TRY(drop_ins, read_drop_ins(drop_in_folder(service)));
    if (drop_ins != unit.drop_ins) return false;
    SHOP_TRY(is, show_unit(unit_of(service), "ActiveState,NeedDaemonReload,MainPID"));
    if (property(is, "ActiveState") != "active" || property(is, "NeedDaemonReload") == "yes")
        return false;
    const auto pid = parse_int(property(is, "MainPID")).value_or(0);
    if (program_of_process(pid) != binary_path(service, part)) return false;
    SHOP_TRY(socket, show_unit(socket_of(service), "ActiveState"));
    return property(socket, "ActiveState") == "active";
}

Result<void> SystemdDriver::switch_to(const ServiceManifest& service, const Part& part) {
    SHOP_CHECK(verify_objects(service, part));
    SHOP_TRY(unit, rendered(service, part));
    SHOP_TRY(done, runs(service, part, unit));
    if (done) return {};
    // A file that can't be removed would say of what comes now that it is done.
    std::error_code error;
    fs::remove(switched_ / service.name, error);
    if (error)
        return fail(Code::unavailable,
                    "Can't write to " + switched_.string() + ": " + error.message());
    SHOP_CHECK(write_unit(service, unit));
    SHOP_CHECK(secrets_.install(service.name, part.secrets));
    SHOP_CHECK(tell_systemd({"daemon-reload"}));
    SHOP_CHECK(restart(service));
    SHOP_CHECK(make_folder(switched_, 0755));
    return write_file(switched_ / service.name, stamp_of(part, unit), 0644);
}

Result<void> SystemdDriver::write_unit(const ServiceManifest& service, const UnitText& unit) const {
    SHOP_CHECK(write_file(unit_file(service), unit.unit, 0644));
    return set_drop_ins(service, unit);
}

// Nothing of the owner's is thrown away: a release that goes forward again has its own copy.
Result<void> SystemdDriver::set_drop_ins(const ServiceManifest& service,
                                         const UnitText& unit) const {
    const fs::path folder = drop_in_folder(service);
    SHOP_TRY(there, read_drop_ins(folder));
    if (there == unit.drop_ins) return {};
    SHOP_CHECK(make_folder(folder, 0755));
    for (const DropIn& drop_in : there) {
        if (std::ranges::find(unit.drop_ins, drop_in.name, &DropIn::name) != unit.drop_ins.end())
            continue;
        std::error_code error;
        fs::rename(folder / drop_in.name, folder / (drop_in.name + ".off"), error);
        if (error)
            return fail(Code::unavailable, "Can't set " + (folder / drop_in.name).string() +
                                               " aside: " + error.message());
    }
    for (const DropIn& drop_in : unit.drop_ins)
        SHOP_CHECK(write_file(folder / drop_in.name, drop_in.text, 0644));
    return sync_folder(folder);
}

// A socket that was closed (its service gave up, or somebody stopped it) can't be opened while the
// service runs without it.
Result<void> SystemdDriver::open_socket(const ServiceManifest& service) const {
    SHOP_TRY(is, show_unit(socket_of(service), "ActiveState"));
    if (property(is, "ActiveState") == "active") return {};
    SHOP_CHECK(tell_systemd({"stop", "--", unit_of(service)}));
    static_cast<void>(tell_systemd({"reset-failed", "--", socket_of(service)}));
    return tell_systemd({"start", "--", socket_of(service)});
}

Result<void> SystemdDriver::restart(const ServiceManifest& service) const {
    // Attempts of before do not count; a unit that has none makes systemctl complain.
    static_cast<void>(tell_systemd({"reset-failed", "--", unit_of(service)}));
    SHOP_CHECK(open_socket(service));
    SHOP_TRY(before, show_unit(unit_of(service), "MainPID"));
    SHOP_CHECK(tell_systemd({"restart", "--no-block", "--", unit_of(service)}));
    return wait_for_start(service, property(before, "MainPID"));
}

// Until the job of the restart is over. The time to get ready begins with the new process, since
// the old one may drain for long.
Result<void> SystemdDriver::wait_for_start(const ServiceManifest& service,
                                           std::string_view old_pid) const {
    const auto ready_max = std::chrono::seconds(manifest_.gates.ready_seconds);
    auto end = SteadyClock::now() + kDrainMax;
    bool begun = false;
    for (;;) {
        SHOP_TRY(is, show_unit(unit_of(service), kStartProperties));
        const auto pid = property(is, "MainPID");
        if (property(is, "Job").empty()) {
            if (property(is, "ActiveState") == "active") return {};
            const std::string reason = end_reason(is);
            return fail_start(service, Code::failed_precondition,
                              reason.empty() ? "it ended at once" : reason);
        }
        if (!begun && pid != old_pid && pid != "0" && !pid.empty()) {
            begun = true;
            end = SteadyClock::now() + ready_max;
        }
        if (SteadyClock::now() >= end)
            return fail_start(service, Code::timeout,
                              begun ? fmt::format("it did not say that it is ready within {} s",
                                                  ready_max.count())
                                    : "the former instance does not end");
        std::this_thread::sleep_for(places_.poll);
    }
}

Failure SystemdDriver::fail_start(const ServiceManifest& service, Code code,
                                  std::string reason) const {
    const std::string words = last_words(unit_of(service));
    return fail(code, fmt::format("{} did not start: {}.{}{}", unit_of(service), reason,
                                  words.empty() ? "" : " Its last words:\n", words));
}

Result<Instance> SystemdDriver::instance(const ServiceManifest& service) {
    SHOP_TRY(is, show_unit(unit_of(service),
                           std::string("ActiveState,MainPID,NRestarts,") + kEndProperties));
    const auto state = property(is, "ActiveState");
    Instance out;
    out.running = state == "active" || state == "reloading";
    out.pid = parse_int(property(is, "MainPID")).value_or(0);
    // systemd counts from the last start that somebody asked for, which was the switch.
    out.restarts = parse_int(property(is, "NRestarts")).value_or(0);
    const fs::path program = program_of_process(out.pid);
    const std::string hash = program.parent_path().filename();
    if (program == objects_.path(hash, program_of(service))) out.binary = hash;
    if (!out.running) {
        out.reason = end_reason(is);
        if (out.reason.empty()) out.reason = state;
        out.last_words = last_words(unit_of(service));
    }
    if (out.restarts > 0)
        if (std::string why = restart_reason(unit_of(service)); !why.empty())
            out.reason = std::move(why);
    return out;
}

std::unique_ptr<Driver> make_systemd_driver(const Manifest& manifest, ObjectStore& objects,
                                            Secrets& secrets, SystemdPlaces places) {
    return std::make_unique<SystemdDriver>(manifest, objects, secrets, std::move(places));
}

}  // namespace shop::cli::deploy
