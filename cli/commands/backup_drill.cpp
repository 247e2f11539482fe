#include <cmath>

#include "all.hpp"
#include "backup/restore.hpp"
#include "backup/scratch.hpp"
#include "backup/take.hpp"
#include "backup/verify.hpp"
#include "base/file.hpp"
#include "local/interrupt.hpp"
#include "local_options.hpp"
#include "scratch_folder.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

struct DrillOptions {
    std::string file;     // empty: one that is made now
    std::string scratch;  // empty: the system's place for temporary files
};

Result<std::string> backup_made_now(Shell& shell, const fs::path& folder) {
    SHOP_TRY(file, NewFile::make(folder));
    SHOP_TRY(manifest,
             take_backup(shell, [&](std::string_view piece) { return file.write(piece); }));
    SHOP_TRY(path, file.keep_as(backup_name(manifest.created_at)));
    return path.string();
}

double hundredths(double seconds) { return std::round(seconds * 100) / 100; }

Json report_of(const BackupManifest& manifest, const DrillOutcome& outcome) {
    return {{"id", manifest.id},
            {"cut_at", format_time(manifest.cut_at())},
            {"entries", manifest.entries()},
            {"restore_seconds", hundredths(outcome.restore_seconds)},
            {"start_seconds", hundredths(outcome.start_seconds)},
            {"check_seconds", hundredths(outcome.check_seconds)},
            {"recovery_seconds", hundredths(outcome.recovery_seconds())},
            {"examined", outcome.check.examined},
            {"found", outcome.check.found},
            {"findings", outcome.check.findings_json()}};
}

Result<int> run_drill(Shell& shell, const DrillOptions& options) {
    const Interrupt interrupt;
    const fs::path below =
        options.scratch.empty() ? fs::temp_directory_path() : absolute_path(options.scratch);
    SHOP_TRY(scratch, ScratchFolder::make(below, "Name another one with --scratch."));
    const auto path = options.file.empty() ? backup_made_now(shell, scratch->path())
                                           : Result<std::string>(absolute_path(options.file));
    if (!path) return tl::make_unexpected(path.error());
    SHOP_TRY(file, BackupFile::open(*path));
    SHOP_CHECK(verify_whole(file, {}));
    const fs::path data_dir = scratch->path() / "shop";
    SHOP_CHECK(make_folder(data_dir, 0700));
    SHOP_CHECK(check_room(file, data_dir));
    SHOP_TRY(outcome, drill(shell, file, *path, data_dir));
    SHOP_CHECK(shell.print(report_of(file.manifest(), outcome), backup_drill_view()));
    for (const Finding& finding : outcome.check.findings)
        shell.say(finding.service + " " + finding.what.part + " " + finding.what.subject + ": " +
                  finding.what.problem);
    shell.say(outcome.check.found == 0
                  ? "The backup makes a shop in which nothing is wrong."
                  : "The shop of this backup has things that do not fit. Look at the shop that was "
                    "backed up with: shopctl store check");
    return outcome.check.found == 0 ? kExitDone : kExitFailed;
}

}  // namespace

Command backup_drill() {
    return {"backup drill", "Try a backup out in a scratch place", [](Args& args) -> Run {
                auto options = std::make_shared<DrillOptions>();
                args.text("file", options->file, "The backup; else one that is made now");
                args.text("--scratch", options->scratch,
                          "Folder to work in, else $TMPDIR; it needs room for the stores");
                return [options](Shell& shell) { return run_drill(shell, *options); };
            }};
}

}  // namespace shop::cli
