#include "deploy/remote.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "base/file.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "deploy/host.hpp"
#include "deploy/manifest_tables.hpp"
#include "output/terminal.hpp"
#include "program.hpp"
#include "schema/codec.hpp"
#include "scratch_folder.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kSendMax = 10min;
constexpr std::size_t kSentBytesMax = std::size_t{1} << 30;  // three programs have 20 MiB
constexpr int kSshFailed = 255;                              // ssh's own, not the command's

struct File {
    std::string ServiceManifest::*member;
    const char* folder;
};
constexpr File kFiles[] = {{&ServiceManifest::binary, "binary"},
                           {&ServiceManifest::unit, "unit"},
                           {&ServiceManifest::settings, "settings"}};

// Where the file goes in what is sent; empty where it is not here: then the host's own is meant.
std::string place_of(const ServiceManifest& service, const File& file) {
    const fs::path here = service.*file.member;
    std::error_code ignored;
    if (here.empty() || !fs::is_regular_file(here, ignored)) return "";
    return service.name + "/" + file.folder + "/" + here.filename().string();
}

// A folder of links to what is sent; removed at the end.
class Parcel {
public:
    static Result<Parcel> make() {
        std::error_code ignored;
        SHOP_TRY(scratch, ScratchFolder::make(fs::temp_directory_path(ignored),
                                              "Make room there, or set TMPDIR."));
        return Parcel(std::move(scratch));
    }

    Result<void> text(const std::string& name, std::string_view content) const {
        return write_file(folder() / name, content, 0600);
    }
    Result<void> link(const std::string& name, const fs::path& target) const {
        std::error_code error;
        fs::create_directories((folder() / name).parent_path(), error);
        if (!error) fs::create_symlink(fs::absolute(target), folder() / name, error);
        if (!error) return {};
        return fail(Code::unavailable, "Cannot prepare " + target.string() +
                                           " for the host: " + error.message() + ".");
    }
    Result<std::string> tar() const {
        return output_of({"tar", "-C", folder().string(), "-chf", "-", "."},
                         {.deadline = kSendMax, .output_bytes_max = kSentBytesMax});
    }

private:
    explicit Parcel(std::unique_ptr<ScratchFolder> scratch) : scratch_(std::move(scratch)) {}
    const fs::path& folder() const { return scratch_->path(); }

    std::unique_ptr<ScratchFolder> scratch_;
};

std::string incoming_of(const Manifest& manifest) { return manifest.state + "/incoming"; }

Result<std::vector<std::string>> ssh_line(const Manifest& manifest,
                                          const std::vector<std::string>& options) {
    SHOP_TRY(where, ssh_words(manifest.host));
    std::vector<std::string> line = manifest.ssh;
    line.insert(line.end(), options.begin(), options.end());
    line.insert(line.end(), where.begin(), where.end());
    return line;
}

Result<Parcel> pack(const Manifest& manifest, const RemoteCall& call, const std::string& folder) {
    SHOP_TRY(parcel, Parcel::make());
    Manifest sent = manifest;
    for (const ServiceManifest& service : manifest.services)
        for (const File& file : kFiles) {
            const std::string place = place_of(service, file);
            if (call.with_files && !place.empty())
                SHOP_CHECK(parcel.link(place, service.*file.member));
        }
    if (!call.with_files)
        for (ServiceManifest& service : sent.services)
            for (const File& file : kFiles) service.*file.member = "";
    if (!call.plan_to_send.empty()) SHOP_CHECK(parcel.link("plan.json", call.plan_to_send));
    SHOP_CHECK(parcel.text("deploy.yaml", manifest_there(sent, folder)));
    return std::move(parcel);
}

Result<void> send(const Manifest& manifest, const Parcel& parcel, const std::string& folder) {
    SHOP_TRY(line, ssh_line(manifest, {}));
    SHOP_TRY(bytes, parcel.tar());
    // The services read their programs in the state folder, so all may enter it; what lies here for
    // more than a day was left by a lost connection.
    const std::string state = shell_quoted(manifest.state);
    const std::string incoming = shell_quoted(incoming_of(manifest));
    const std::string place = shell_quoted(folder);
    line.push_back(
        fmt::format("mkdir -p -m 755 {0} && mkdir -p -m 700 {1} && find {1} -mindepth 1 "
                    "-maxdepth 1 -mtime +0 -exec rm -rf {{}} + && mkdir -m 700 {2} && "
                    "tar -C {2} --no-same-owner -xf -",
                    state, incoming, place));
    SHOP_TRY(sent, run_program(line, {.input = bytes, .deadline = kSendMax}));
    if (sent.good()) return {};
    return fail(Code::unavailable, "Nothing could be sent to " + manifest.host + ": " +
                                       std::string(trim(sent.complaint)) +
                                       " Nothing was changed there.");
}

// With our own standard input, output and error. Ctrl-C is for the program there.
Result<int> run_inherited(const std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const auto old = std::signal(SIGINT, SIG_IGN);
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t pid = 0;
    const int error =
        ::posix_spawnp(&pid, argv.front(), nullptr, &attributes, argv.data(), ::environ);
    posix_spawnattr_destroy(&attributes);
    int status = 0;
    if (error == 0)
        while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    std::signal(SIGINT, old);
    if (error != 0)
        return fail(Code::not_found, words.front() +
                                         " cannot be started. Install it, or name another as `ssh` "
                                         "in deploy.yaml.");
    return WIFEXITED(status) ? WEXITSTATUS(status) : kSshFailed;
}

std::string command_there(const RemoteCall& call, const std::string& folder) {
    std::string line = "SHOPCTL_DEPLOYER=" + shell_quoted(who_deploys()) + " shopctl";
    for (const std::string& word : call.words) line += " " + shell_quoted(word);
    line += " --file " + shell_quoted(folder + "/deploy.yaml");
    if (!call.plan_to_send.empty()) line += " --plan " + shell_quoted(folder + "/plan.json");
    if (!call.plan_to_fetch.empty()) line += " --to " + shell_quoted(folder + "/plan.json");
    return line;
}

Result<void> fetch_plan(const Manifest& manifest, const RemoteCall& call,
                        const std::string& folder) {
    SHOP_TRY(line, ssh_line(manifest, {}));
    line.push_back("cat " + shell_quoted(folder + "/plan.json"));
    SHOP_TRY(plan, output_of(line));
    return write_file(call.plan_to_fetch, plan, 0644);
}

void clean(const Manifest& manifest, const std::string& folder) {
    auto line = ssh_line(manifest, {});
    if (!line) return;
    line->push_back("rm -rf " + shell_quoted(folder));
    (void)run_program(*line);  // else the next one finds it
}

}  // namespace

bool is_remote(const Manifest& manifest) { return manifest.host != "local"; }

Result<std::vector<std::string>> ssh_words(std::string_view host) {
    constexpr std::string_view kScheme = "ssh://";
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@";
    std::string_view rest = host.starts_with(kScheme) ? host.substr(kScheme.size()) : "";
    std::string port;
    if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
        port = rest.substr(colon + 1);
        rest = rest.substr(0, colon);
        const auto number = parse_int(port);
        if (!number || *number < 1 || *number > 65'535) rest = "";
    }
    const auto at = rest.find('@');
    const std::string_view name = at == std::string_view::npos ? rest : rest.substr(at + 1);
    if (name.empty() || name.starts_with('-') || rest.starts_with('-') || at == 0 ||
        rest.find_first_not_of(kAllowed) != std::string_view::npos)
        return fail(Code::invalid_argument,
                    "host: \"" + std::string(host) +
                        "\" is no host. Write `local`, or ssh://USER@NAME:PORT.");
    std::vector<std::string> words;
    if (!port.empty()) words = {"-p", port};
    words.emplace_back(rest);
    return words;
}

std::string shell_quoted(std::string_view word) {
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string manifest_there(const Manifest& manifest, const std::string& folder) {
    Manifest there = manifest;
    there.host = "local";
    for (ServiceManifest& service : there.services)
        for (const File& file : kFiles)
            if (const std::string place = place_of(service, file); !place.empty())
                service.*file.member = folder + "/" + place;
    Json out = schema::encode(there);
    for (const Decimal& row : gate_decimals())
        out["gates"][std::string(row.name)] = there.gates.*row.member;
    for (Json& service : out["services"])
        for (auto item = service.begin(); item != service.end();)
            item = *item == "" ? service.erase(item) : std::next(item);
    return dump(out) + "\n";
}

Result<int> run_there(const Manifest& manifest, const RemoteCall& call) {
    const std::string folder = incoming_of(manifest) + "/" + new_id("in");
    SHOP_TRY(parcel, pack(manifest, call, folder));
    SHOP_CHECK(send(manifest, parcel, folder));
    // A terminal there, so that questions and Ctrl-C arrive.
    const bool terminal = stdin_is_terminal() && stderr_is_terminal();
    SHOP_TRY(line, ssh_line(manifest, terminal ? std::vector<std::string>{"-t"}
                                               : std::vector<std::string>{}));
    line.push_back(command_there(call, folder));
    SHOP_TRY(code, run_inherited(line));
    if (code == kSshFailed)
        return fail(Code::unavailable,
                    "The connection to " + manifest.host +
                        " was lost or could not be had. A deployment that had begun goes on there: "
                        "see `shopctl deploy status`, then `shopctl deploy resume` or `shopctl "
                        "deploy abort` where it did not end.");
    if (!call.plan_to_fetch.empty() && code <= 1) SHOP_CHECK(fetch_plan(manifest, call, folder));
    clean(manifest, folder);
    return code;
}

}  // namespace shop::cli::deploy
