#include "all.hpp"
#include "deploy/command.hpp"

namespace shop::cli {

Command deploy_resume() {
    return {
        "deploy resume", "Finish a deployment whose deployer died", [](Args& args) -> Run {
            auto options = deploy::add_work_options(args);
            args.flag("--no-backup", options->no_backup, "Take none, however old the newest is");
            return [options](Shell& shell) -> Result<int> {
                return deploy::on_host(
                    shell, options->file, {options->words({"deploy", "resume"}), false, {}, {}},
                    [&](deploy::Host& host) -> Result<int> {
                        SHOP_TRY(outcome,
                                 host.deploy(shell, options->work(), [](deploy::Engine& engine) {
                                     return engine.resume();
                                 }));
                        return deploy::tell(shell, outcome);
                    });
            };
        }};
}

}  // namespace shop::cli
