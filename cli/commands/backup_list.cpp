#include <algorithm>

#include "all.hpp"
#include "backup/file.hpp"
#include "backup/words.hpp"
#include "local_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

// A file that is damaged is a row too.
Json row_of(const fs::path& path) {
    std::error_code ignored;
    Json row = {{"name", path.filename().string()}, {"path", path.string()}};
    const auto file = BackupFile::open(path.string());
    const auto bytes = static_cast<std::int64_t>(fs::file_size(path, ignored));
    row["size"] = size_text(bytes);
    row["bytes"] = bytes;
    row["state"] = file ? "ok" : "damaged";
    if (!file) {
        row["problem"] = file.error().message;
        return row;
    }
    const BackupManifest& manifest = file->manifest();
    row["id"] = manifest.id;
    row["entries"] = manifest.entries();
    row["created_at"] = format_time(manifest.created_at);
    row["cut_at"] = format_time(manifest.cut_at());
    row["age"] = age_text(system_clock().now() - manifest.created_at);
    return row;
}

Result<int> list(Shell& shell, const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".backup" && entry.path().filename().native()[0] != '.')
            paths.push_back(entry.path());
    if (error)
        return fail(Code::not_found, "There are no backups in " + folder.string() +
                                         ". Make one with: shopctl backup create");
    std::ranges::sort(paths);  // their names begin with the time
    Json rows = Json::array();
    for (const fs::path& path : paths) rows.push_back(row_of(path));
    return shell.print(rows, backup_list_view());
}

}  // namespace

Command backup_list() {
    return {"backup list", "Show the backups of a folder", [](Args& args) -> Run {
                auto folder = std::make_shared<std::string>();
                args.text("folder", *folder, "Where they are, else ~/.local/share/shop/backups");
                return [folder](Shell& shell) {
                    return list(shell, folder->empty() ? backups_folder() : absolute_path(*folder));
                };
            }};
}

}  // namespace shop::cli
