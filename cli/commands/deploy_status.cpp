#include <unistd.h>

#include "all.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/command.hpp"
#include "deploy/lock.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

const View kDeployStatusView{{{"SERVICE", "/service"},
                              {"RUNNING", "/running"},
                              {"VERSION", "/version"},
                              {"PID", "/pid", false, true},
                              {"SINCE", "/since"},
                              {"RESTARTS", "/restarts", true, true},
                              {"REASON", "/reason", true},
                              {"DRIFT", "/drift"}},
                             "/service"};

// When the process began, as the kernel knows it; empty where there is none.
std::string begin_of(std::int64_t pid) {
    constexpr std::size_t kStartField = 19;  // of those after the name: starttime, in ticks
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    const auto boot = read_file("/proc/stat");
    if (pid <= 0 || !stat || !boot) return "";
    const auto fields = split(trim(stat->substr(stat->rfind(')') + 1)), ' ');
    const auto at = boot->find("btime ");
    if (fields.size() <= kStartField || at == std::string::npos) return "";
    const auto ticks = parse_int(fields[kStartField]);
    const auto booted = parse_int(trim(boot->substr(at + 6, boot->find('\n', at) - at - 6)));
    if (!ticks || !booted) return "";
    return format_time(Time(std::chrono::seconds(*booted + *ticks / ::sysconf(_SC_CLK_TCK))));
}

// The version of the kept release that has this program.
std::string version_of(deploy::Host& host, const std::string& service, const std::string& binary) {
    const auto ids = host.releases().list();
    if (!ids || binary.empty()) return "";
    for (const std::string& id : *ids) {
        const auto release = host.releases().get(id);
        const deploy::Part* part = release ? release->find(service) : nullptr;
        if (part && part->binary == binary) return part->description.version;
    }
    return "";
}

Result<Json> service_row(deploy::Host& host, const deploy::ServiceManifest& service,
                         const std::optional<deploy::Release>& current) {
    SHOP_TRY(driver, host.driver());
    SHOP_TRY(instance, driver->instance(service));
    Json row = {{"service", service.name},
                {"running", instance.running},
                {"version", version_of(host, service.name, instance.binary)},
                {"pid", instance.pid},
                {"since", begin_of(instance.pid)},
                {"restarts", instance.restarts},
                {"reason", instance.reason},
                {"drift", Json::array()}};
    if (const deploy::Part* part = current ? current->find(service.name) : nullptr) {
        SHOP_TRY(drift, driver->drift(service, *part));
        row["drift"] = drift;
    }
    return row;
}

Json unfinished_json(const deploy::Unfinished& unfinished) {
    Json out = schema::encode(unfinished.deployment);
    out["phase"] = unfinished.entries.empty() ? "begun" : unfinished.entries.back().phase;
    out["service"] = unfinished.entries.empty() ? "" : unfinished.entries.back().service;
    out["going_back"] = unfinished.going_back;
    out["reason"] = unfinished.reason;
    return out;
}

void say_status(const Shell& shell, const Json& status) {
    const std::string release = status["release"];
    shell.say(release.empty() ? "Nothing was deployed here yet. See what would be with: shopctl "
                                "deploy plan"
                              : "Release " + release + " is the current one.");
    if (const Json& last = status["last"]; !last.is_null() && last["verdict"] != "good")
        shell.say("The last deployment, to " + last.value("to", "") + ", ended \"" +
                  last.value("verdict", "") + "\": " + last.value("reason", ""));
    if (const Json& open = status["unfinished"]; !open.is_null())
        shell.say("A deployment to " + open.value("to", "") + " by " + open.value("who", "") +
                  " is unfinished, after \"" + open.value("phase", "") +
                  "\": shopctl deploy resume, or abort");
    if (const Json& lock = status["lock"]; !lock.is_null())
        shell.say("The lock is held by " + lock.value("who", "") + " since " +
                  lock.value("since", "") +
                  (lock.value("why", "").empty() ? "" : ": " + lock.value("why", "")));
}

Result<int> show_status(Shell& shell, deploy::Host& host) {
    SHOP_TRY(current, host.current());
    SHOP_TRY(open, host.unfinished());
    SHOP_TRY(holder, deploy::holder_of(host.state().lock()));
    SHOP_TRY(records, host.history().read());
    Json status = {{"release", current ? current->id : ""},
                   {"services", Json::array()},
                   {"unfinished", open ? unfinished_json(*open) : Json()},
                   {"lock", holder && holder->held ? schema::encode(*holder) : Json()},
                   {"last", Json()}};
    for (const deploy::Record& record : records)
        if (!record.verdict.empty()) status["last"] = schema::encode(record);
    bool fine = !open;
    for (const deploy::ServiceManifest& service : host.manifest().services) {
        SHOP_TRY(row, service_row(host, service, current));
        fine = fine && (!current || (row["running"] == true && row["drift"].empty()));
        status["services"].push_back(row);
    }
    say_status(shell, status);
    const std::string& format = shell.options().output;
    if (format == "json" || format == "yaml") {
        SHOP_CHECK(shell.print(status, kDeployStatusView));
    } else {
        // An empty list would be told as a number.
        for (Json& row : status["services"])
            row["drift"] =
                fmt::format("{}", fmt::join(row["drift"].get<std::vector<std::string>>(), "; "));
        SHOP_CHECK(shell.print(status["services"], kDeployStatusView));
    }
    return fine ? kExitDone : kExitFailed;
}

}  // namespace

Command deploy_status() {
    return {"deploy status", "Show what runs on the host, and what was changed by hand",
            [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                return [file](Shell& shell) -> Result<int> {
                    return deploy::on_host(
                        shell, *file, {{"deploy", "status"}, false, {}, {}},
                        [&](deploy::Host& host) { return show_status(shell, host); });
                };
            }};
}

}  // namespace shop::cli
