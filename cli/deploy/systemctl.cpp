#include "deploy/systemctl.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "program.hpp"

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kLogLinesMax = 10;  // lines of a log that a person is shown
constexpr int kLooked = 100;              // lines that are looked through for a reason
constexpr std::size_t kLineBytesMax = 400;

std::string journal_of(const std::vector<std::string>& matches, int lines) {
    std::vector<std::string> words = {"journalctl", "--quiet", "--no-pager",         "-o",
                                      "cat",        "-n",      std::to_string(lines)};
    words.insert(words.end(), matches.begin(), matches.end());
    const auto result = run_program(words);
    return result && result->good() ? result->output : "";
}

// "…, status=9/KILL" -> 9
std::string_view status_in(std::string_view line) {
    constexpr std::string_view kStatus = "status=";
    const auto at = line.find(kStatus);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + kStatus.size());
    return line.substr(0, line.find('/'));
}

std::string reason_of(std::string_view result, std::string_view status) {
    if (result == "success") return {};
    if (status.empty()) return std::string(result);
    if (result == "exit-code") return "exit " + std::string(status);
    if (result == "signal" || result == "core-dump")
        return fmt::format("signal {}{}", status, result == "signal" ? "" : ", core dumped");
    return std::string(result);
}

}  // namespace

Result<UnitProperties> show_unit(const std::string& unit, const std::string& names) {
    SHOP_TRY(text, output_of({"systemctl", "show", "--no-pager", "-p", names, "--", unit}));
    UnitProperties out;
    for (const auto line : split(text, '\n')) {
        const auto equal = line.find('=');
        if (equal == std::string_view::npos) continue;
        std::string& value = out[std::string(line.substr(0, equal))];
        if (!value.empty()) value += '\n';
        value += line.substr(equal + 1);
    }
    return out;
}

std::string_view property(const UnitProperties& properties, std::string_view name) {
    const auto at = properties.find(name);
    return at == properties.end() ? std::string_view() : std::string_view(at->second);
}

Result<void> tell_systemd(std::vector<std::string> words) {
    words.insert(words.begin(), {"systemctl", "--no-ask-password", "--no-pager"});
    SHOP_CHECK(output_of(words, {.deadline = std::chrono::minutes(5)}));
    return {};
}

std::string end_reason(const UnitProperties& properties) {
    const auto result = property(properties, "Result");
    return reason_of(result.empty() ? "success" : result, property(properties, "ExecMainStatus"));
}

std::string restart_reason(const std::string& unit) {
    // What systemd itself says of it: the service's own lines are many, a request each.
    const std::string text = journal_of({"_PID=1", "UNIT=" + unit}, kLooked);
    auto lines = split(text, '\n');
    std::ranges::reverse(lines);
    constexpr std::string_view kFailed = "Failed with result '";
    std::string_view result;
    for (const auto line : lines) {
        if (const auto at = line.find(kFailed); result.empty() && at != std::string_view::npos) {
            result = line.substr(at + kFailed.size());
            result = result.substr(0, result.find('\''));
        } else if (!result.empty() && line.find("rocess exited, code=") != std::string_view::npos) {
            return reason_of(result, status_in(line));
        }
    }
    return std::string(result);
}

std::string last_words(const std::string& unit) {
    const std::string text = journal_of({"-u", unit}, kLooked);
    auto lines = split(trim(text), '\n');
    // What an instance before said is of no help here.
    const std::string start = "Starting " + unit;
    const auto begins = [&](std::string_view line) { return line.starts_with(start); };
    const auto last = std::find_if(lines.rbegin(), lines.rend(), begins);
    lines.erase(lines.begin(), last.base());
    if (lines.size() > kLogLinesMax) lines.erase(lines.begin(), lines.end() - kLogLinesMax);
    std::string out;
    for (const auto line : lines)
        if (!line.empty()) out += (out.empty() ? "" : "\n") + shorten(line, kLineBytesMax);
    return out;
}

}  // namespace shop::cli::deploy
