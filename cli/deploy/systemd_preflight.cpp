// What this host lacks for a release, before anything is touched.
#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "deploy/driver_systemd_impl.hpp"
#include "local/port.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCheckWordsBytesMax = 2000;  // of another program's words

Result<void> write_scratch(const fs::path& folder, const std::string& name, const UnitText& unit) {
    SHOP_CHECK(write_file(folder / name, unit.unit, 0644));
    if (unit.drop_ins.empty()) return {};
    SHOP_CHECK(make_folder(folder / (name + ".d"), 0755));
    for (const DropIn& drop_in : unit.drop_ins)
        SHOP_CHECK(write_file(folder / (name + ".d") / drop_in.name, drop_in.text, 0644));
    return {};
}

// systemd-analyze's lines, without the folder that is gone by then.
std::string in_words(std::string text, const fs::path& folder) {
    const std::string prefix = folder.native() + '/';
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
        text.erase(at, prefix.size());
    return shorten(trim(text), kCheckWordsBytesMax);
}

// What a daemon complains of: its last log line's message, else all that it wrote. The settings are
// called by the file that the owner knows.
std::string complaint_of(std::string_view said, const std::string& object,
                         const std::string& settings) {
    said = trim(said);
    const auto last = parse_json(said.substr(said.rfind('\n') + 1));
    std::string text(said);
    if (last && last->is_object() && last->contains("message") && last->at("message").is_string())
        text = last->at("message").get<std::string>();
    if (const auto at = text.find(object); at != std::string::npos)
        text.replace(at, object.size(), settings);
    return shorten(text, kCheckWordsBytesMax);
}

// As whom the service runs; without that where we can't change the user, or it is ours.
std::vector<std::string> as_user(const std::string& user, const std::string& group) {
    if (::geteuid() != 0 || user.empty() || user == "root") return {};
    return {"setpriv", "--reuid=" + user, "--regid=" + (group.empty() ? user : group),
            "--init-groups", "--"};
}

// Of lines like "127.0.0.1:5003 (Stream)"; paths have none.
std::vector<int> ports_of(std::string_view listen) {
    std::vector<int> out;
    for (auto line : split(listen, '\n')) {
        line = line.substr(0, line.find(' '));
        const auto colon = line.rfind(':');
        if (line.starts_with('/') || colon == std::string_view::npos) continue;
        if (const auto port = parse_int(line.substr(colon + 1)); port && *port < 65'536)
            out.push_back(static_cast<int>(*port));
    }
    return out;
}

}  // namespace

Result<void> SystemdDriver::preflight(const ServiceManifest& service, const Part& part) {
    Wrong wrong;
    check_place(service, wrong);
    const auto good = verify_objects(service, part);
    if (!good) wrong.push_back({"units", good.error().message});
    if (const auto unit = rendered(service, part); good && unit) {
        check_unit(service, *unit, wrong);
        check_settings(service, part, *unit, wrong);
    } else if (good) {
        wrong.push_back({"units", unit.error().message});
    }
    check_socket(service, wrong);
    if (wrong.empty()) return {};
    std::string message;
    for (const FieldError& one : wrong)
        message += (message.empty() ? "" : "\n") + one.pointer + ": " + one.message;
    return tl::make_unexpected(Error{Code::failed_precondition, message, std::move(wrong)});
}

void SystemdDriver::check_place(const ServiceManifest& service, Wrong& wrong) const {
    const std::string state = fs::path(manifest_.state).lexically_normal().native() + '/';
    for (const std::string_view hidden : {"/home/", "/root/", "/tmp/", "/var/tmp/", "/run/user/"})
        if (state.starts_with(hidden))
            wrong.push_back({"units", "A service does not see " + std::string(hidden) +
                                          " (ProtectHome=, PrivateTmp=), so its program can't be "
                                          "there. Choose another folder as `state` in "
                                          "deploy.yaml."});
    const auto text = read_file(unit_file(service));
    if (text && !is_rendered(*text))
        wrong.push_back({"units", unit_file(service).string() +
                                      " was put there by hand, and a deployment would write over "
                                      "it. Move it to another folder and name it as `unit` in "
                                      "deploy.yaml."});
}

void SystemdDriver::check_unit(const ServiceManifest& service, const UnitText& unit,
                               Wrong& wrong) const {
    const std::string user = unit_value(unit.unit, "User");
    if (!user.empty() && ::getpwnam(user.c_str()) == nullptr)
        wrong.push_back({"units", "There is no user " + user + " here. Install the package " +
                                      program_of(service) + ", which makes it."});
    // systemd-analyze reads a unit from a file of its name.
    std::error_code ignored;
    const auto scratch =
        ScratchFolder::make(fs::temp_directory_path(ignored), "Make room there, or set TMPDIR.");
    if (!scratch) return wrong.push_back({"units", scratch.error().message});
    const fs::path& folder = (*scratch)->path();
    if (const auto written = write_scratch(folder, unit_of(service), unit); !written)
        return wrong.push_back({"units", written.error().message});
    // Without --recursive-errors it says of an unknown key, and exits with 0 all the same.
    const auto said = run_program({"systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                                   folder / unit_of(service)});
    if (!said) return wrong.push_back({"units", said.error().message});
    const std::string words = in_words(said->complaint + said->output, folder);
    if (!said->good() || words.find("Unknown key") != std::string::npos)
        wrong.push_back({"units", "systemd does not take the unit of " + program_of(service) +
                                      ". Correct it, or the host's systemd is too old for it:\n" +
                                      words});
}

void SystemdDriver::check_settings(const ServiceManifest& service, const Part& part,
                                   const UnitText& unit, Wrong& wrong) const {
    const std::string user = unit_value(unit.unit, "User");
    if (!user.empty() && ::getpwnam(user.c_str()) == nullptr) return;  // said by check_unit()
    const std::string settings = objects_.path(part.settings, settings_of(service));
    auto words = as_user(user, unit_value(unit.unit, "Group"));
    words.insert(words.end(), {binary_path(service, part), "--config", settings, "--check-config"});
    const auto said = run_program(words);
    if (!said) return wrong.push_back({"settings", said.error().message});
    if (said->good()) return;
    // systemd brings a credential with the start; before, there is nothing to look at.
    if (said->complaint.find("/run/credentials/") != std::string::npos) return;
    wrong.push_back({"settings", "The new " + program_of(service) + " can't start with " +
                                     service.settings + ": " +
                                     complaint_of(said->complaint, settings, service.settings)});
}

void SystemdDriver::check_socket(const ServiceManifest& service, Wrong& wrong) const {
    const std::string socket = socket_of(service);
    const auto is = show_unit(socket, "LoadState,ActiveState,Listen");
    if (!is) return wrong.push_back({"ports", is.error().message});
    if (property(*is, "LoadState") != "loaded")
        return wrong.push_back({"ports", "There is no " + socket + " here (" +
                                             std::string(property(*is, "LoadState")) +
                                             "). Install the package " + program_of(service) +
                                             ", which has it."});
    if (property(*is, "ActiveState") == "active") return;
    for (const int port : ports_of(property(*is, "Listen")))
        if (!check_port_free(port))
            wrong.push_back({"ports", fmt::format("Port {} is taken, and {} is closed. End what "
                                                  "listens there, then: systemctl start {}",
                                                  port, socket, socket)});
}

}  // namespace shop::cli::deploy
