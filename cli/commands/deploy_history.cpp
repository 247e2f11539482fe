#include "all.hpp"
#include "deploy/command.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

const View kDeployHistoryView{{{"NUMBER", "/number", false, true},
                               {"ENDED_AT", "/ended_at"},
                               {"KIND", "/kind"},
                               {"FROM", "/from"},
                               {"TO", "/to"},
                               {"WHO", "/who"},
                               {"VERDICT", "/verdict"},
                               {"WHY", "/why"},
                               {"REASON", "/reason", true},
                               {"CHANGES", "/changes", true},
                               {"BEGUN_AT", "/begun_at", true},
                               {"DEPLOYMENT", "/deployment", true},
                               {"HASH", "/hash", true}},
                              "/deployment"};

Result<int> show_history(Shell& shell, deploy::Host& host) {
    SHOP_TRY(records, host.history().read());
    Json rows = Json::array();
    for (const deploy::Record& record : records) rows.push_back(schema::encode(record));
    SHOP_CHECK(shell.print(rows, kDeployHistoryView));
    shell.say(records.empty()
                  ? "Nothing was deployed here yet."
                  : "The chain of " + std::to_string(records.size()) +
                        " records is whole; its newest hash is " + records.back().hash + ".");
    return kExitDone;
}

}  // namespace

Command deploy_history() {
    return {"deploy history", "Show who deployed what, why, and how it went",
            [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                return [file](Shell& shell) -> Result<int> {
                    return deploy::on_host(
                        shell, *file, {{"deploy", "history"}, false, {}, {}},
                        [&](deploy::Host& host) { return show_history(shell, host); });
                };
            }};
}

}  // namespace shop::cli
