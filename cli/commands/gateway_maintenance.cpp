#include <filesystem>

#include "all.hpp"
#include "deploy/history.hpp"
#include "deploy/lock.hpp"
#include "deploy/maintenance.hpp"
#include "gateway/local.hpp"
#include "local_options.hpp"
#include "secret_options.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

Result<void> do_maintenance(const deploy::GatewayControl& gateway, const std::string& word) {
    if (word == "on" || word == "off") return gateway.maintenance(word == "on");
    if (word == "hold" || word == "release") return gateway.hold(word == "hold");
    return {};
}

// Into the history of this host's deployments, where there is one. The gateway has done it already,
// so that whatever stands in the way of the record is only said.
Result<void> record(const std::string& state_folder, const std::string& word,
                    const std::string& why) {
    const deploy::State state{absolute_path(state_folder)};
    std::error_code none;
    if (!std::filesystem::exists(state.folder, none)) return {};
    const std::string who = deploy::who_works();
    SHOP_TRY(lock, deploy::Lock::take(state.lock(), system_clock(), who,
                                      "gateway maintenance " + word, false, nullptr));
    SHOP_CHECK(lock->fence());
    deploy::Record record{.kind = "maintenance", .who = who, .why = why};
    record.begun_at = record.ended_at = system_clock().now();
    record.changes = {"gateway: maintenance " + word};
    SHOP_CHECK(deploy::History(state.history()).append(std::move(record)));
    return {};
}

std::string_view said_of_mode(std::string_view mode) {
    if (mode == "maintenance") return "Maintenance: every request is answered with 503.";
    if (mode == "held") return "Requests wait at the gateway, each for half a minute at most.";
    return "Open: requests go to the services.";
}

}  // namespace

Command gateway_maintenance() {
    return {
        "gateway maintenance", "Close the shop at the gateway, or let requests wait there",
        [](Args& args) -> Run {
            auto word = std::make_shared<std::string>();
            auto socket = std::make_shared<std::string>();
            args.text("what", *word, "on, off, hold, release or status")
                .required()
                .one_of({"on", "off", "hold", "release", "status"});
            args.text("--runtime-socket", *socket,
                      "HAProxy's; else gateway/runtime.sock of the shop");
            auto data = add_data_option(args);
            auto why = std::make_shared<std::string>();
            args.text("-m,--message", *why, "Why, for the history");
            auto state = std::make_shared<std::string>();
            add_state_option(args, *state);
            return [word, socket, data, why, state](Shell& shell) -> Result<int> {
                const deploy::GatewayControl gateway(
                    socket->empty() ? gateway_socket(data_folder(*data)) : absolute_path(*socket));
                SHOP_CHECK(do_maintenance(gateway, *word));
                if (*word != "status")
                    if (const auto recorded = record(*state, *word, *why); !recorded)
                        shell.say("warning: this is in no history: " + recorded.error().message);
                SHOP_TRY(mode, gateway.mode());
                shell.say(said_of_mode(mode));
                return shell.print(Json{{"mode", mode}}, {{{"MODE", "/mode"}}, "/mode"});
            };
        }};
}

}  // namespace shop::cli
