// Puts the stores of a backup into a local shop's folder.
//
// Thread safety: free functions; one at a time for a folder (see local/maintenance.hpp).
#pragma once

#include <filesystem>
#include <string>

#include "backup/file.hpp"
#include "shell.hpp"

namespace shop::cli {

// Whether the folder holds any service's store.
bool holds_shop(const std::filesystem::path& data_dir);

// insufficient_storage where the disk under the folder, which is there, has no room for the
// backup's stores.
Result<void> check_room(const BackupFile& file, const std::filesystem::path& data_dir);

// Replaces the stores of a folder that no daemon works on, two at once, and keeps what was there in
// `stores/<service>/former/`. The mark `restoring` is in the folder from before the first one until
// all are done; those that an earlier restore of this backup has done already are passed over.
// `path` names the file in the mark. After a failure the mark is gone where nothing was changed,
// and stays else.
Result<void> restore_stores(const Shell& shell, const BackupFile& file, const std::string& path,
                            const std::filesystem::path& data_dir);

}  // namespace shop::cli
