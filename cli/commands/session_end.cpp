
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

struct EndOptions {
    std::vector<std::string> ids;
    std::string user;
    bool all = false;
    bool others = false;
};

Result<void> check_end_options(const EndOptions& options) {
    const bool many = options.all || options.others;
    if (many != options.ids.empty())
        return fail(Code::invalid_argument,
                    "Name sessions, or say --all or --others: which ones shall end?");
    if (options.user.empty() || options.all) return {};
    return fail(Code::invalid_argument, "--user goes with --all.");
}

Result<int> end_many(Shell& shell, const EndOptions& options) {
    const std::string whose = options.user.empty() ? "your" : "the account's";
    SHOP_CHECK(shell.confirm("End all of " + whose + (options.others ? " other" : "") +
                             " sign-ins? API keys stay."));
    api::CallOptions call;
    if (options.others) call.query.emplace_back("others", "true");
    if (!options.user.empty()) call.query.emplace_back("user", options.user);
    SHOP_CHECK(shell.call(api::users_service(), "session_end_all", {}, call));
    // What is kept here is over as well.
    if (!options.others && options.user.empty()) SHOP_CHECK(shell.sign_out());
    shell.say("Signed out everywhere" + std::string(options.others ? " else." : "."));
    return kExitDone;
}

}  // namespace

Command session_end() {
    return {"session end", "End sign-ins", [](Args& args) -> Run {
                auto options = std::make_shared<EndOptions>();
                args.texts("session", options->ids, "Its id; several");
                auto all = args.flag("--all", options->all, "All of them, this one included");
                args.flag("--others", options->others, "All but this one").excludes(all);
                args.text("--user", options->user, "Of this account, as an administrator");
                return [options](Shell& shell) -> Result<int> {
                    SHOP_CHECK(check_end_options(*options));
                    if (options->ids.empty()) return end_many(shell, *options);
                    for (const auto& id : options->ids) {
                        SHOP_CHECK(shell.call(api::users_service(), "session_end", {id}));
                        shell.say("Ended " + id + ".");
                    }
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
