#include "all.hpp"
#include "backup/restore.hpp"
#include "backup/verify.hpp"
#include "base/file.hpp"
#include "local/interrupt.hpp"
#include "local/maintenance.hpp"
#include "local_options.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

Result<void> ask(const Shell& shell, const BackupManifest& manifest, const fs::path& data_dir) {
    if (!holds_shop(data_dir)) return {};
    return shell.confirm("Replace all that the shop in " + data_dir.string() +
                         " holds by the backup of " + format_time(manifest.cut_at()) + " (" +
                         std::to_string(manifest.entries()) +
                         " entries)? What was sold, changed and made since is gone then; the "
                         "stores of now stay in stores/SERVICE/former/.");
}

// A shop that was not changed goes on as if nothing had been; another must not start.
Failure undone(Maintenance work, const Error& error, const std::string& file,
               const fs::path& data_dir) {
    if (check_restored(data_dir)) {
        const auto ended = work.end();
        return fail(error.code, error.message + " Nothing was changed." +
                                    (ended ? "" : " " + ended.error().message));
    }
    return fail(error.code, error.message +
                                " The restore did not come to its end, and the shop does not start "
                                "until it has. Run it again: shopctl backup restore " +
                                file + " --data " + data_dir.string());
}

Result<int> restore(Shell& shell, const std::string& path, const fs::path& data_dir) {
    SHOP_TRY(file, BackupFile::open(path));
    {
        Progress progress("verifying", !shell.options().quiet);
        SHOP_CHECK(verify_whole(file, [&](std::int64_t done) {
            progress.update(static_cast<std::uint64_t>(done),
                            static_cast<std::uint64_t>(file.bytes()));
        }));
    }
    SHOP_CHECK(make_folder(data_dir, 0700));
    SHOP_CHECK(check_room(file, data_dir));
    SHOP_CHECK(ask(shell, file.manifest(), data_dir));
    const Interrupt interrupt;
    SHOP_TRY(work, Maintenance::begin(data_dir));
    if (const auto restored = restore_stores(shell, file, path, data_dir); !restored)
        return undone(std::move(work), restored.error(), path, data_dir);
    const bool was_running = work.was_running();
    SHOP_CHECK(work.end());
    SHOP_CHECK(shell.print({{"data_dir", data_dir.string()},
                            {"id", file.manifest().id},
                            {"entries", file.manifest().entries()},
                            {"cut_at", format_time(file.manifest().cut_at())},
                            {"running", was_running}},
                           backup_restore_view()));
    shell.say(was_running ? "The shop is open again."
                          : "Start it with: shopctl up --data " + data_dir.string());
    return kExitDone;
}

}  // namespace

Command backup_restore() {
    return {"backup restore", "Put a backup into a shop on this machine", [](Args& args) -> Run {
                auto file = std::make_shared<std::string>();
                args.text("file", *file, "The backup").required();
                auto data = add_data_option(args);
                return [file, data](Shell& shell) -> Result<int> {
                    return restore(shell, absolute_path(*file).string(), data_folder(*data));
                };
            }};
}

}  // namespace shop::cli
