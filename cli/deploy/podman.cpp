#include "deploy/podman.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/json.hpp"
#include "base/text.hpp"

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kPodmanWordsMax = 2000;  // of what is passed on
constexpr auto kPodmanLogLines = "20";
constexpr std::string_view kDigest = "sha256:";

// A member some levels down; null where a level is missing.
const Json& at_path(const Json& value, std::initializer_list<const char*> path) {
    static const Json nothing;
    const Json* at = &value;
    for (const char* name : path) {
        if (!at->is_object()) return nothing;
        const auto found = at->find(name);
        if (found == at->end()) return nothing;
        at = &*found;
    }
    return *at;
}

std::string text_at(const Json& value, std::initializer_list<const char*> path) {
    const Json& found = at_path(value, path);
    return found.is_string() ? found.get<std::string>() : std::string();
}

std::int64_t number_at(const Json& value, std::initializer_list<const char*> path) {
    const Json& found = at_path(value, path);
    return found.is_number_integer() ? found.get<std::int64_t>() : 0;
}

std::string with_digest(const std::string& id) {
    return id.empty() || id.starts_with(kDigest) ? id : std::string(kDigest) + id;
}

std::optional<std::uint32_t> id_number(std::string_view text) {
    const auto number = parse_int(text);
    if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::map<std::string, std::string> labels_in(const Json& labels) {
    std::map<std::string, std::string> out;
    if (!labels.is_object()) return out;
    for (const auto& [name, value] : labels.items())
        if (value.is_string()) out[name] = value.get<std::string>();
    return out;
}

// Options of podman itself come before, and are none of ours.
std::vector<std::string> words_from_run(const Json& command) {
    std::vector<std::string> words;
    if (!command.is_array()) return words;
    for (const Json& word : command)
        if (word.is_string() && (!words.empty() || word == "run"))
            words.push_back(word.get<std::string>());
    return words;
}

std::vector<std::string> with_podman(std::vector<std::string> words) {
    words.insert(words.begin(), "podman");
    return words;
}

Error with_remedy(Error error) {
    if (error.code == Code::not_found)
        error.message = "There is no podman on this machine. Do: apt install podman";
    return error;
}

// What `podman KIND inspect NAME` says; null where there is no such thing. Asking for that first
// would take another tenth of a second, and this is asked again and again.
Result<Json> inspected(const std::string& kind, const std::string& name) {
    const auto said = run_program({"podman", kind, "inspect", name});
    if (!said) return tl::make_unexpected(with_remedy(said.error()));
    const auto complains = [&](std::string_view words) {
        return said->complaint.find(words) != std::string::npos;
    };
    if (!said->good() && (complains("no such " + kind) || complains(kind + " not known")))
        return Json();
    if (!said->good())
        return fail(Code::failed_precondition,
                    fmt::format("podman can't inspect the {} {}: {}", kind, name,
                                shorten(trim(said->complaint), kPodmanWordsMax)));
    SHOP_TRY(list, parse_json(said->output));
    if (!list.is_array() || list.size() != 1 || !list[0].is_object())
        return fail(Code::internal,
                    fmt::format("podman says of the {} {} what can't be understood.", kind, name));
    return Json(list[0]);
}

}  // namespace

Result<std::string> podman(std::vector<std::string> words, const ProgramOptions& options) {
    auto output = output_of(with_podman(std::move(words)), options);
    if (!output) return tl::make_unexpected(with_remedy(std::move(output).error()));
    return output;
}

Result<bool> podman_says(std::vector<std::string> words) {
    const auto said = run_program(with_podman(std::move(words)));
    if (!said) return tl::make_unexpected(with_remedy(said.error()));
    return said->good();
}

Result<PodmanImage> podman_image(const std::string& name) {
    SHOP_TRY(json, inspected("image", name));
    if (json.is_null())
        return fail(Code::not_found, "There is no image " + name +
                                         " on this machine. Build it (make images), or: podman "
                                         "pull " +
                                         name);
    PodmanImage image;
    image.id = with_digest(text_at(json, {"Id"}));
    const std::string user = text_at(json, {"User"});
    const auto colon = user.find(':');
    const auto uid = id_number(user.substr(0, colon));
    const auto gid = colon == user.npos ? uid : id_number(user.substr(colon + 1));
    if (!uid || !gid || *uid == 0)
        return fail(Code::failed_precondition,
                    fmt::format("The image {} runs as \"{}\": it is no image of a shop's service, "
                                "which runs as a user with a number of its own.",
                                name, user));
    image.uid = *uid;
    image.gid = *gid;
    image.memory_bytes = parse_int(text_at(json, {"Labels", "shop.memory"})).value_or(0);
    return image;
}

Result<std::optional<PodmanContainer>> podman_container(const std::string& name) {
    SHOP_TRY(json, inspected("container", name));
    if (json.is_null()) return std::nullopt;
    PodmanContainer container;
    container.state = text_at(json, {"State", "Status"});
    container.pid = number_at(json, {"State", "Pid"});
    container.restarts = number_at(json, {"RestartCount"});
    container.exit_code = number_at(json, {"State", "ExitCode"});
    container.oom_killed = at_path(json, {"State", "OOMKilled"}) == true;
    container.image = with_digest(text_at(json, {"Image"}));
    container.labels = labels_in(at_path(json, {"Config", "Labels"}));
    container.made_by = words_from_run(at_path(json, {"Config", "CreateCommand"}));
    container.memory_bytes = number_at(json, {"HostConfig", "Memory"});
    // What inspect says is of the run that goes on.
    if (container.restarts > 0 && container.running())
        container.exit_code = podman_last_exit(name).value_or(container.exit_code);
    return container;
}

std::optional<std::int64_t> podman_last_exit(const std::string& container) {
    const auto said =
        run_program({"podman", "events", "--stream=false", "--filter", "container=" + container,
                     "--filter", "event=died", "--format", "{{.ContainerExitCode}}"});
    if (!said || !said->good()) return std::nullopt;
    const std::string_view lines = trim(said->output);
    return parse_int(lines.substr(lines.rfind('\n') + 1));
}

std::string podman_last_words(const std::string& container) {
    const auto said = run_program({"podman", "logs", "--tail", kPodmanLogLines, container});
    if (!said || !said->good()) return {};
    // A container's standard error is podman's, in which podman complains as well.
    const std::string all = said->output + said->complaint;
    std::string words;
    for (const auto line : split(all, '\n')) {
        if (trim(line).empty() || line.starts_with("time=\"")) continue;
        words += (words.empty() ? "" : "\n") + std::string(line);
    }
    return words.size() <= kPodmanWordsMax ? words : words.substr(words.size() - kPodmanWordsMax);
}

}  // namespace shop::cli::deploy
