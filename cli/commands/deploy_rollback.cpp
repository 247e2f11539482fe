#include "all.hpp"
#include "deploy/command.hpp"

namespace shop::cli {
namespace {

Result<int> roll_back(Shell& shell, deploy::Host& host, const deploy::WorkOptions& options,
                      const std::string& to) {
    std::string target = to;
    if (!to.empty()) {
        SHOP_TRY(named, host.release(to));
        target = named.id;
    } else {
        SHOP_TRY(previous, host.history().previous_good());
        target = previous;
    }
    // Where there is none, the engine says what to do.
    if (!target.empty()) SHOP_CHECK(shell.confirm("Go back to release " + target + "?"));
    SHOP_TRY(outcome, host.deploy(shell, options.work(), [&](deploy::Engine& engine) {
        return engine.rollback(deploy::who_deploys(), options.message, target);
    }));
    return deploy::tell(shell, outcome);
}

}  // namespace

Command deploy_rollback() {
    return {"deploy rollback", "Go back to the last release that was good", [](Args& args) -> Run {
                auto options = deploy::add_work_options(args);
                auto to = std::make_shared<std::string>();
                args.text("--to", *to, "Another good release, or the current one to mend the host");
                return [options, to](Shell& shell) -> Result<int> {
                    deploy::RemoteCall call{options->words({"deploy", "rollback"}), false, {}, {}};
                    if (!to->empty()) call.words.insert(call.words.end(), {"--to", *to});
                    return deploy::on_host(shell, options->file, call, [&](deploy::Host& host) {
                        return roll_back(shell, host, *options, *to);
                    });
                };
            }};
}

}  // namespace shop::cli
