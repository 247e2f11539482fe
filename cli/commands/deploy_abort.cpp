#include "all.hpp"
#include "deploy/command.hpp"

namespace shop::cli {
namespace {

Result<int> abort_deployment(Shell& shell, deploy::Host& host, const deploy::WorkOptions& options) {
    SHOP_TRY(open, host.unfinished());
    if (open)
        SHOP_CHECK(shell.confirm(open->deployment.from.empty()
                                     ? "End the first deployment here?"
                                     : "Go back to release " + open->deployment.from + "?"));
    const std::string why =
        "by " + deploy::who_deploys() + (options.message.empty() ? "" : ": " + options.message);
    SHOP_TRY(outcome, host.deploy(shell, options.work(),
                                  [&](deploy::Engine& engine) { return engine.abort(why); }));
    return deploy::tell(shell, outcome, "aborted");
}

}  // namespace

Command deploy_abort() {
    return {
        "deploy abort", "Go back to where an unfinished deployment began", [](Args& args) -> Run {
            auto options = deploy::add_work_options(args);
            return [options](Shell& shell) -> Result<int> {
                return deploy::on_host(
                    shell, options->file, {options->words({"deploy", "abort"}), false, {}, {}},
                    [&](deploy::Host& host) { return abort_deployment(shell, host, *options); });
            };
        }};
}

}  // namespace shop::cli
