#include "all.hpp"
#include "backup/verify.hpp"
#include "backup/words.hpp"
#include "local/interrupt.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

Result<int> verify(const Shell& shell, const std::string& path) {
    SHOP_TRY(file, BackupFile::open(path));
    Progress progress("verifying", !shell.options().quiet);
    SHOP_TRY(verdicts, verify_parts(file, [&](std::int64_t done) {
                 progress.update(static_cast<std::uint64_t>(done),
                                 static_cast<std::uint64_t>(file.bytes()));
             }));
    progress.finish();
    Json rows = Json::array();
    bool whole = true;
    for (const PartVerdict& verdict : verdicts) {
        const BackupPart& part = *verdict.part;
        whole = whole && verdict.problem.empty();
        rows.push_back({{"service", part.service},
                        {"state", verdict.problem.empty() ? "ok" : "damaged"},
                        {"entries", part.entries},
                        {"size", size_text(part.bytes)},
                        {"plain", size_text(part.bytes_plain)},
                        {"taken_at", format_time(part.taken_at)},
                        {"problem", verdict.problem}});
    }
    SHOP_CHECK(shell.print(rows, backup_verify_view()));
    shell.say(whole ? "The backup is whole."
                    : "The backup is damaged. Use another one: shopctl backup list");
    return whole ? kExitDone : kExitFailed;
}

}  // namespace

Command backup_verify() {
    return {"backup verify", "Check that a backup is whole", [](Args& args) -> Run {
                auto file = std::make_shared<std::string>();
                args.text("file", *file, "The backup; - for standard input").required();
                return [file](Shell& shell) {
                    const Interrupt interrupt;
                    return verify(shell, *file);
                };
            }};
}

}  // namespace shop::cli
