#include "all.hpp"
#include "deploy/command.hpp"
#include "deploy/lock.hpp"

namespace shop::cli {

Command deploy_lock() {
    return {"deploy lock", "Let nobody deploy until it is given back", [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                auto message = std::make_shared<std::string>();
                args.text("-m,--message", *message, "Why; whoever wants to deploy reads it");
                return [file, message](Shell& shell) -> Result<int> {
                    deploy::RemoteCall call{{"deploy", "lock"}, false, {}, {}};
                    if (!message->empty())
                        call.words.insert(call.words.end(), {"--message", *message});
                    return deploy::on_host(
                        shell, *file, call, [&](deploy::Host& host) -> Result<int> {
                            SHOP_CHECK(deploy::lock_by_hand(host.state().lock(), system_clock(),
                                                            deploy::who_deploys(), *message));
                            shell.say("Locked: nobody deploys here until `shopctl deploy unlock`.");
                            return kExitDone;
                        });
                };
            }};
}

}  // namespace shop::cli
