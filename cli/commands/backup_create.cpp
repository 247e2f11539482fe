#include <unistd.h>

#include "all.hpp"
#include "backup/file.hpp"
#include "backup/take.hpp"
#include "backup/words.hpp"
#include "local/interrupt.hpp"
#include "local_options.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

Result<int> to_stdout(Shell& shell) {
    if (stdout_is_terminal())
        return fail(Code::invalid_argument,
                    "A backup is nothing for a terminal. Send it into a file or a program: "
                    "shopctl backup create --to - > shop.backup");
    std::int64_t bytes = 0;
    SHOP_TRY(manifest, take_backup(shell, [&](std::string_view piece) {
                 bytes += static_cast<std::int64_t>(piece.size());
                 return write_to(STDOUT_FILENO, piece, "standard output");
             }));
    shell.say("The backup is through: " + size_text(bytes) + ", " +
              std::to_string(manifest.entries()) + " entries of " + format_time(manifest.cut_at()) +
              ".");
    return kExitDone;
}

Result<int> to_folder(Shell& shell, const std::filesystem::path& folder) {
    SHOP_TRY(file, NewFile::make(folder));
    std::int64_t bytes = 0;
    SHOP_TRY(manifest, take_backup(shell, [&](std::string_view piece) {
                 bytes += static_cast<std::int64_t>(piece.size());
                 return file.write(piece);
             }));
    SHOP_TRY(path, file.keep_as(backup_name(manifest.created_at)));
    return shell.print({{"path", path.string()},
                        {"id", manifest.id},
                        {"size", size_text(bytes)},
                        {"bytes", bytes},
                        {"entries", manifest.entries()},
                        {"cut_at", format_time(manifest.cut_at())}},
                       backup_view());
}

}  // namespace

Command backup_create() {
    return {"backup create", "Back the shop up while it is open", [](Args& args) -> Run {
                auto to = std::make_shared<std::string>();
                args.text("--to", *to,
                          "Folder for the file, else ~/.local/share/shop/backups; - for standard "
                          "output");
                return [to](Shell& shell) -> Result<int> {
                    const Interrupt interrupt;
                    if (*to == "-") return to_stdout(shell);
                    return to_folder(shell, to->empty() ? backups_folder() : absolute_path(*to));
                };
            }};
}

}  // namespace shop::cli
