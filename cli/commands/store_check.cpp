#include "all.hpp"
#include "backup/check.hpp"
#include "local/interrupt.hpp"
#include "shell.hpp"
#include "store_options.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

void say_outcome(const Shell& shell, const CheckOutcome& outcome) {
    const std::string examined = std::to_string(outcome.examined) + " entries examined, ";
    if (outcome.found == 0) return shell.say(examined + "nothing wrong.");
    shell.say(examined + std::to_string(outcome.found) + " found wrong, " +
              std::to_string(outcome.found - outcome.left) + " of them mended.");
    if (outcome.found > static_cast<std::int64_t>(outcome.findings.size()))
        shell.say("The first " + std::to_string(outcome.findings.size()) + " are shown.");
}

Result<int> check(Shell& shell, const std::string& service, bool repair) {
    if (repair)
        SHOP_CHECK(shell.confirm(
            "Mend what does not fit? Only what is derived from other data is made anew: indexes, "
            "sums, counters."));
    const Interrupt interrupt;
    SHOP_TRY(outcome, check_stores(shell, chosen_services(service), repair));
    const std::string& format = shell.options().output;
    if (format == "json" || format == "yaml") {
        SHOP_CHECK(shell.print({{"examined", outcome.examined},
                                {"found", outcome.found},
                                {"left", outcome.left},
                                {"findings", outcome.findings_json()}},
                               finding_view()));
    } else if (outcome.found > 0) {
        SHOP_CHECK(shell.print(outcome.findings_json(), finding_view()));
    }
    say_outcome(shell, outcome);
    if (outcome.left == 0) return kExitDone;
    shell.say(outcome.repairable
                  ? "Mend what is derived from other data with: shopctl store check --repair"
                  : "What is wrong can't be derived from other data. A backup of before may have "
                    "it: shopctl backup list");
    return kExitFailed;
}

}  // namespace

Command store_check() {
    return {"store check", "Check the services' stores while the shop is open",
            [](Args& args) -> Run {
                auto service = add_service_option(args);
                auto repair = std::make_shared<bool>(false);
                args.flag("--repair", *repair, "Mend what is derived from other data");
                return [service, repair](Shell& shell) { return check(shell, *service, *repair); };
            }};
}

}  // namespace shop::cli
