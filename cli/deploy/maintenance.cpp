#include "deploy/maintenance.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <thread>

#include "base/text.hpp"
#include "http/exchange.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto kAnswerMax = 2s;
constexpr auto kReplicaMax = 5s;  // until one takes requests: health checks come each second
constexpr std::size_t kReplyBytesMax = 4 * 1024 * 1024;
constexpr std::string_view kHeld = "_held";
constexpr std::string_view kVoid = "void";
constexpr std::string_view kMaintenance = "maintenance";

// Whether the socket is ready for that before `until`.
bool wait_for(const http::Channel& channel, short events, SteadyTime until) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd wait{channel.fd(), events, 0};
    return left > 0ms && ::poll(&wait, 1, static_cast<int>(left.count())) > 0;
}

bool send_all(http::Channel& channel, std::string_view bytes, SteadyTime until) {
    while (!bytes.empty()) {
        const auto sent = channel.send(bytes);
        if (sent < 0 && errno != EAGAIN) return false;
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
        if (sent < 0 && !wait_for(channel, POLLOUT, until)) return false;
    }
    return true;
}

// Until HAProxy closes.
bool receive_all(http::Channel& channel, std::string& out, SteadyTime until) {
    std::array<char, 16 * 1024> buffer;
    while (out.size() < kReplyBytesMax) {
        const auto count = channel.receive(buffer.data(), buffer.size());
        if (count == 0) return true;
        if (count < 0 && errno != EAGAIN) return false;
        if (count > 0) out.append(buffer.data(), static_cast<std::size_t>(count));
        if (count < 0 && !wait_for(channel, POLLIN, until)) return false;
    }
    return false;
}

// One line of HAProxy's tables; a field with quotes may hold commas.
std::vector<std::string> csv_fields(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            fields.emplace_back();
        else
            fields.back() += c;
    }
    return fields;
}

// "UP", "UP 1/3", "no check", "DOWN", "MAINT (via x/y)", "DRAIN", …
GatewayServer server_of(const std::map<std::string, std::string>& row) {
    const auto at = [&](const char* name) {
        const auto found = row.find(name);
        return found == row.end() ? std::string() : found->second;
    };
    const std::string status = at("status");
    const bool maint = status.starts_with("MAINT");
    const bool drain = status.starts_with("DRAIN");
    return {.backend = at("pxname"),
            .name = at("svname"),
            .address = at("addr"),
            .state = maint   ? "maint"
                     : drain ? "drain"
                             : "ready",
            .up = status.starts_with("UP") || status == "no check",
            .weight = parse_int(at("weight")).value_or(0),
            .sessions = parse_int(at("scur")).value_or(0)};
}

bool serves(const GatewayServer& server) {
    return server.backend != kMaintenance && !server.backend.ends_with(kHeld) &&
           server.name != "FRONTEND" && server.name != "BACKEND";
}

// A name that is one word of HAProxy's, so that no command follows it.
Result<void> check_word(std::string_view what, std::string_view word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.' || c == ':';
    };
    if (!word.empty() && std::ranges::all_of(word, plain)) return {};
    return fail(Code::invalid_argument,
                fmt::format("\"{}\" can't be the {} of a server of the gateway.", word, what));
}

Result<void> check_server(std::string_view backend, std::string_view server) {
    SHOP_CHECK(check_word("backend", backend));
    return check_word("name", server);
}

// Of "1 (initial 2)": the second one.
std::optional<std::int64_t> configured_weight(std::string_view words) {
    constexpr std::string_view kMark = "(initial ";
    const auto at = words.find(kMark);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = words.substr(at + kMark.size());
    return parse_int(rest.substr(0, rest.find(')')));
}

Failure refused(std::string_view command, std::string_view words) {
    const bool unknown = words.starts_with("No such");
    return fail(unknown ? Code::not_found : Code::failed_precondition,
                fmt::format("The gateway refuses \"{}\": {}{}", command, words,
                            unknown ? " Render its configuration again (shopctl gateway render), "
                                      "and reload it."
                                    : ""));
}

}  // namespace

Result<std::string> GatewayControl::ask(std::string_view command) const {
    const SteadyTime until = std::chrono::steady_clock::now() + kAnswerMax;
    SHOP_TRY(address, http::parse_address("unix:" + socket_.string()));
    std::string answer;
    auto channel = http::connect(address, until);
    const std::string line = std::string(command) + "\n";
    if (!channel || !send_all(*channel, line, until) || !receive_all(*channel, answer, until))
        return fail(
            Code::unavailable,
            fmt::format("The gateway does not answer at {}{}. Does it run, and may you "
                        "open that socket?",
                        socket_.string(), channel ? "" : " (" + channel.error().message + ")"));
    return std::string(trim(answer));
}

Result<void> GatewayControl::tell(const std::string& command) const {
    SHOP_TRY(words, ask(command));
    if (words.empty()) return {};
    return refused(command, words);
}

Result<std::vector<GatewayServer>> GatewayControl::all_servers() const {
    SHOP_TRY(table, ask("show stat -1 4 -1"));
    const auto lines = split(table, '\n');
    if (lines.empty() || !lines[0].starts_with("# pxname,"))
        return fail(Code::failed_precondition,
                    socket_.string() + " does not speak as HAProxy does.");
    const auto names = csv_fields(lines[0].substr(2));
    std::vector<GatewayServer> servers;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto fields = csv_fields(lines[i]);
        std::map<std::string, std::string> row;
        for (std::size_t at = 0; at < std::min(names.size(), fields.size()); ++at)
            row[names[at]] = fields[at];
        if (row.contains("svname")) servers.push_back(server_of(row));
    }
    return servers;
}

Result<std::vector<GatewayServer>> GatewayControl::servers() const {
    SHOP_TRY(servers, all_servers());
    std::erase_if(servers, [](const GatewayServer& server) { return !serves(server); });
    return std::move(servers);
}

Result<void> GatewayControl::set_weight(std::string_view backend, std::string_view server,
                                        std::int64_t percent) const {
    SHOP_CHECK(check_server(backend, server));
    if (percent < 0 || percent > 100)
        return fail(Code::invalid_argument,
                    fmt::format("A weight is 0 to 100 percent, not {}.", percent));
    const std::string question = fmt::format("get weight {}/{}", backend, server);
    SHOP_TRY(words, ask(question));
    const auto configured = configured_weight(words);
    if (!configured) return refused(question, words);
    // HAProxy itself cuts a percentage to a whole number: half of 1 would be none at all.
    const std::int64_t weight =
        percent == 0 ? 0 : std::max<std::int64_t>(1, *configured * percent / 100);
    return tell(fmt::format("set server {}/{} weight {}", backend, server, weight));
}

Result<void> GatewayControl::set_state(std::string_view backend, std::string_view server,
                                       std::string_view state) const {
    SHOP_CHECK(check_server(backend, server));
    SHOP_CHECK(check_word("state", state));
    return tell(fmt::format("set server {}/{} state {}", backend, server, state));
}

Result<void> GatewayControl::hold(bool hold) const {
    const SteadyTime until = std::chrono::steady_clock::now() + kReplicaMax;
    for (;;) {
        SHOP_TRY(servers, all_servers());
        std::map<std::string, bool> rooms;  // whether a replica takes requests
        for (const GatewayServer& server : servers)
            if (server.backend.ends_with(kHeld))
                rooms[server.backend] |= server.name != kVoid && server.up;
        if (rooms.empty())
            return fail(Code::failed_precondition,
                        "The gateway's configuration is from before requests could wait: render it "
                        "again (shopctl gateway render), and reload it.");
        const bool all_up =
            std::ranges::all_of(rooms, [](const auto& room) { return room.second; });
        if (hold || all_up || std::chrono::steady_clock::now() >= until) {
            std::string command;
            for (const auto& [room, up] : rooms)
                command += fmt::format("{}set server {}/{} state {}", command.empty() ? "" : ";",
                                       room, kVoid, hold ? "ready" : "maint");
            return tell(command);
        }
        std::this_thread::sleep_for(100ms);
    }
}

Result<void> GatewayControl::maintenance(bool on) const {
    return set_state(kMaintenance, "on", on ? "ready" : "maint");
}

Result<std::string> GatewayControl::mode() const {
    SHOP_TRY(servers, all_servers());
    const auto any = [&](auto wanted) { return std::ranges::any_of(servers, wanted); };
    if (any([](const auto& server) { return server.backend == kMaintenance && server.up; }))
        return "maintenance";
    if (any([](const auto& server) { return server.name == kVoid && server.up; })) return "held";
    return "open";
}

}  // namespace shop::cli::deploy
