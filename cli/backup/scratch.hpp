// A shop in a scratch folder, on free ports and in no context, made of a backup to see whether it
// would do.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backup/check.hpp"
#include "backup/file.hpp"
#include "local/supervisor.hpp"
#include "shell.hpp"

namespace shop::cli {

struct DrillOutcome {
    double restore_seconds = 0;
    double start_seconds = 0;
    double check_seconds = 0;
    CheckOutcome check;

    // From the backup to a shop that was looked at: the recovery time.
    double recovery_seconds() const { return restore_seconds + start_seconds + check_seconds; }
};

// Restores into `data_dir`, an empty folder; starts the shop, checks all its stores and ends it.
// SIGINT, SIGTERM and SIGHUP are blocked from the start of the shop on (see Interrupt::wanted).
// Where the shop does not start, the last lines of its logs are said.
Result<DrillOutcome> drill(const Shell& shell, const BackupFile& file, const std::string& path,
                           const std::filesystem::path& data_dir);

}  // namespace shop::cli
