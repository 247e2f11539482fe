#include <iostream>

#include "all.hpp"
#include "base/file.hpp"
#include "deploy/command.hpp"
#include "local_options.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

// For scripts: nothing to change, changes, can't.
constexpr int kPlanNothing = 0;
constexpr int kPlanChanges = 1;
constexpr int kPlanRefused = 2;

Result<int> make_and_print_plan(Shell& shell, deploy::Host& host, const std::string& to) {
    SHOP_TRY(next, host.collect());
    SHOP_TRY(plan, host.plan(next));
    SHOP_CHECK(deploy::print_plan(shell, plan));
    if (!plan.refusals.empty()) return kPlanRefused;
    const bool nothing = plan.changes.empty() && plan.from == plan.to;
    shell.say(nothing ? "Nothing to change: release " + plan.to + " runs."
                      : "Release " + plan.to +
                            (plan.from.empty() ? ", the first one." : " after " + plan.from + "."));
    if (!to.empty()) {
        SHOP_CHECK(write_file(absolute_path(to), schema::encode_text(plan) + "\n", 0644));
        shell.say("Kept. Apply it with: shopctl deploy apply --plan " + to);
    }
    return nothing ? kPlanNothing : kPlanChanges;
}

}  // namespace

Command deploy_plan() {
    return {"deploy plan", "Show what a deployment would change, and why", [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                auto to = std::make_shared<std::string>();
                args.text("--to", *to, "File to keep the plan in, for deploy apply --plan");
                return [file, to](Shell& shell) -> Result<int> {
                    deploy::RemoteCall call{{"deploy", "plan"}, true, {}, {}};
                    if (!to->empty()) call.plan_to_fetch = absolute_path(*to);
                    const auto code = deploy::on_host(shell, *file, call, [&](deploy::Host& host) {
                        return make_and_print_plan(shell, host, *to);
                    });
                    if (code) return code;
                    // 1 would say that there are changes.
                    std::cerr << "shopctl: " << code.error().message << "\n";
                    return kPlanRefused;
                };
            }};
}

}  // namespace shop::cli
