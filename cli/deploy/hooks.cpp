#include "deploy/hooks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "program.hpp"

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kWords = 5;  // last lines of a hook that failed
constexpr std::size_t kWordsBytesMax = 2000;

std::string last_lines(const ProgramResult& result) {
    const std::string text = result.complaint.empty() ? result.output : result.complaint;
    const auto lines = split(trim(text), '\n');
    std::string out;
    for (std::size_t i = lines.size() - std::min(lines.size(), kWords); i < lines.size(); ++i)
        out += (out.empty() ? "" : "\n") + std::string(lines[i]);
    return shorten(out, kWordsBytesMax);
}

std::string input_of(std::string_view phase, const Deployment& deployment, std::string_view service,
                     std::string_view reason) {
    return dump({{"phase", phase},
                 {"deployment", deployment.id},
                 {"from", deployment.from},
                 {"to", deployment.to},
                 {"who", deployment.who},
                 {"why", deployment.why},
                 {"service", service},
                 {"reason", reason}}) +
           '\n';
}

// Empty where it went well.
std::string complaint_of(const Hook& hook, const std::string& input) {
    const auto ended =
        run_program(hook.command, {.input = input, .deadline = std::chrono::seconds(hook.seconds)});
    const std::string name = fmt::format("The hook {} of {}", hook.command[0], hook.phase);
    if (!ended && ended.error().code == Code::timeout)
        return fmt::format("{} did not end within {} s.", name, hook.seconds);
    if (!ended) return fmt::format("{} can't be run: {}", name, ended.error().message);
    if (ended->good()) return {};
    const std::string words = last_lines(*ended);
    return fmt::format("{} ended with {}{}{}", name, ended->status, words.empty() ? "." : ": ",
                       words);
}

}  // namespace

const std::vector<std::string_view>& hook_phases() {
    static const std::vector<std::string_view> phases = {
        "before_preflight", "after_preflight", "before_switch", "after_switch", "before_bake",
        "after_bake", "before_rollback", "after_rollback", "done", "failed",
        // The journal's own: each right after its line is on disk.
        "begun", "preflight", "backup", "staged", "switching", "switched", "passed", "baking",
        "going_back", "switching_back", "switched_back", "gone_back"};
    return phases;
}

bool may_veto(std::string_view phase) {
    return phase == "before_preflight" || phase == "after_preflight" || phase == "before_switch";
}

Result<void> run_hooks(const std::vector<Hook>& hooks, std::string_view phase,
                       const Deployment& deployment, std::string_view service,
                       std::string_view reason) {
    const std::string input = input_of(phase, deployment, service, reason);
    std::string complaints;
    for (const Hook& hook : hooks) {
        if (hook.phase != phase) continue;
        const std::string complaint = complaint_of(hook, input);
        if (complaint.empty()) continue;
        complaints += (complaints.empty() ? "" : "\n") + complaint;
        if (may_veto(phase)) break;  // forbidden: the others need not hear of it
    }
    if (complaints.empty()) return {};
    return fail(Code::failed_precondition, complaints);
}

}  // namespace shop::cli::deploy
