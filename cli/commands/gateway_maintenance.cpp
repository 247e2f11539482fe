#include "all.hpp"
#include "deploy/maintenance.hpp"
#include "gateway/local.hpp"
#include "local_options.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

Result<void> do_maintenance(const deploy::GatewayControl& gateway, const std::string& word) {
    if (word == "on" || word == "off") return gateway.maintenance(word == "on");
    if (word == "hold" || word == "release") return gateway.hold(word == "hold");
    return {};
}

std::string_view said_of_mode(std::string_view mode) {
    if (mode == "maintenance") return "Maintenance: every request is answered with 503.";
    if (mode == "held") return "Requests wait at the gateway, each for half a minute at most.";
    return "Open: requests go to the services.";
}

}  // namespace

Command gateway_maintenance() {
    return {"gateway maintenance", "Close the shop at the gateway, or let requests wait there",
            [](Args& args) -> Run {
                auto word = std::make_shared<std::string>();
                auto socket = std::make_shared<std::string>();
                args.text("what", *word, "on, off, hold, release or status")
                    .required()
                    .one_of({"on", "off", "hold", "release", "status"});
                args.text("--runtime-socket", *socket,
                          "HAProxy's; else gateway/runtime.sock of the shop");
                auto data = add_data_option(args);
                return [word, socket, data](Shell& shell) -> Result<int> {
                    const deploy::GatewayControl gateway(socket->empty()
                                                             ? gateway_socket(data_folder(*data))
                                                             : absolute_path(*socket));
                    SHOP_CHECK(do_maintenance(gateway, *word));
                    SHOP_TRY(mode, gateway.mode());
                    shell.say(said_of_mode(mode));
                    return shell.print(Json{{"mode", mode}}, {{{"MODE", "/mode"}}, "/mode"});
                };
            }};
}

}  // namespace shop::cli
