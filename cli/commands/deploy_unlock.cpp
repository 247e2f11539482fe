#include "all.hpp"
#include "deploy/command.hpp"
#include "deploy/lock.hpp"

namespace shop::cli {

Command deploy_unlock() {
    return {"deploy unlock", "Give back a lock that deploy lock took", [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                return [file](Shell& shell) -> Result<int> {
                    return deploy::on_host(
                        shell, *file, {{"deploy", "unlock"}, false, {}, {}},
                        [&](deploy::Host& host) -> Result<int> {
                            SHOP_CHECK(deploy::unlock_by_hand(host.state().lock(), system_clock()));
                            shell.say("Unlocked.");
                            return kExitDone;
                        });
                };
            }};
}

}  // namespace shop::cli
