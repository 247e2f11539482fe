#include "http/attacks/logs.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"

namespace shop::test {
namespace {

struct Line {
    std::string id;
    std::string method;
    std::string path;  // cut short where HAProxy's line was
    bool whole = true;
};

// "… shop~ productd/1 0/0/0/1/1 404 … {id} "GET /path?query HTTP/1.1""
std::optional<Line> passed_on(std::string_view text) {
    if (text.find(" productd/1 ") == text.npos) return std::nullopt;
    const auto open = text.find('{'), close = text.find("} \"");
    if (open == text.npos || close == text.npos) return std::nullopt;
    Line line;
    line.id = text.substr(open + 1, close - open - 1);
    const auto request = text.substr(close + 3);
    line.method = request.substr(0, request.find(' '));
    const auto target = request.substr(std::min(line.method.size() + 1, request.size()));
    const auto end = target.find_first_of(" ?\"");
    line.whole = end != target.npos;
    line.path = target.substr(0, end);
    return line;
}

std::optional<Line> served_one(std::string_view text) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object() || line.value("message", "") != "request") return std::nullopt;
    return Line{line.at("request_id"), line.at("method"), line.at("path")};
}

bool same(const Line& passed, const Line& served) {
    return passed.method == served.method &&
           (passed.whole ? passed.path == served.path : served.path.starts_with(passed.path));
}

}  // namespace

std::string compare_logs(const std::string& haproxy, const std::string& daemon,
                         std::size_t& served) {
    std::multimap<std::string, Line> passed;
    for (const auto text : split(haproxy, '\n'))
        if (auto line = passed_on(text)) passed.emplace(line->id, *line);
    served = 0;
    for (const auto text : split(daemon, '\n')) {
        const auto line = served_one(text);
        if (!line) continue;
        ++served;
        const auto [first, last] = passed.equal_range(line->id);
        const auto match =
            std::find_if(first, last, [&](const auto& entry) { return same(entry.second, *line); });
        if (match == last)
            return "the daemon served what HAProxy did not pass on: " + std::string(text);
        passed.erase(match);
    }
    return "";
}

}  // namespace shop::test
