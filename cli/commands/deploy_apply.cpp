#include <fmt/format.h>

#include "all.hpp"
#include "base/file.hpp"
#include "deploy/command.hpp"
#include "local_options.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

Result<deploy::Plan> plan_to_apply(deploy::Host& host, const std::string& file) {
    if (file.empty()) {
        SHOP_TRY(next, host.collect());
        return host.plan(next);
    }
    SHOP_TRY(text, read_file(absolute_path(file)));
    const auto plan = schema::decode_text<deploy::Plan>(text, schema::Mode::stored);
    if (!plan || plan->to.empty())
        return fail(Code::invalid_argument,
                    file + " is no plan. Make one with: shopctl deploy plan --to " + file);
    return *plan;
}

Result<void> agree(Shell& shell, deploy::Host& host, const deploy::Plan& plan,
                   const std::string& why) {
    SHOP_CHECK(deploy::print_plan(shell, plan));
    if (!plan.refusals.empty()) {
        if (const auto noted = host.record_refusal(plan, why); !noted)
            shell.say("warning: the history does not tell of it: " + noted.error().message);
        return fail(Code::failed_precondition,
                    fmt::format("It can't be applied: {}. Nothing was changed.",
                                fmt::join(plan.refusals, "; ")));
    }
    return shell.confirm("Deploy release " + plan.to + "?");
}

Result<int> apply_plan(Shell& shell, deploy::Host& host, const deploy::WorkOptions& options,
                       const std::string& plan_file) {
    SHOP_TRY(plan, plan_to_apply(host, plan_file));
    SHOP_TRY(other, host.unfinished());
    // One of the same release goes on, and was agreed to.
    const bool goes_on = other && other->deployment.to == plan.to;
    if (!goes_on) {
        if (!plan_file.empty()) SHOP_CHECK(host.check(plan));
        if (plan.changes.empty() && plan.from == plan.to && plan.refusals.empty())
            return deploy::tell(shell, {"good", "There is nothing to change.", plan.to});
        SHOP_CHECK(agree(shell, host, plan, options.message));
    }
    SHOP_TRY(
        outcome,
        host.deploy(shell, options.work(), [&](deploy::Engine& engine) -> Result<deploy::Outcome> {
            // Somebody may have been quicker.
            if (!goes_on) SHOP_CHECK(host.check(plan));
            SHOP_TRY(release, host.release(plan.to));
            return engine.apply(release, deploy::who_deploys(), options.message);
        }));
    return deploy::tell(shell, outcome);
}

}  // namespace

Command deploy_apply() {
    return {
        "deploy apply", "Take a release to the host; back by itself where it is bad",
        [](Args& args) -> Run {
            auto options = deploy::add_work_options(args);
            auto plan = std::make_shared<std::string>();
            args.text("--plan", *plan, "A plan that deploy plan --to kept");
            args.flag("--no-backup", options->no_backup, "Take none, however old the newest is");
            return [options, plan](Shell& shell) -> Result<int> {
                deploy::RemoteCall call{options->words({"deploy", "apply"}), plan->empty(), {}, {}};
                if (!plan->empty()) call.plan_to_send = absolute_path(*plan);
                return deploy::on_host(shell, options->file, call, [&](deploy::Host& host) {
                    return apply_plan(shell, host, *options, *plan);
                });
            };
        }};
}

}  // namespace shop::cli
