// Work on the stores of a local shop that needs its daemons down: restore and compact.
//
// Whoever does it holds flock(2) on `maintenance` in the folder. A supervisor that runs the shop
// stops its children on SIGUSR1, says so in the state file, and starts them again once it can have
// that lock, so also when the one who asked has died. Without a supervisor its `lock` is held too,
// so that nobody starts the shop meanwhile.
//
// `restoring` in the folder is there from before the first store is replaced until all are: a shop
// with one store of today and another of yesterday must not start.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "schema/field.hpp"

namespace shop::cli {

class Maintenance {
public:
    // Returns once no daemon has a store of the folder open; the folder is there. conflict where
    // somebody works on it already or a shop is just starting there; timeout where the daemons do
    // not end.
    static Result<Maintenance> begin(const std::filesystem::path& data_dir);
    bool was_running() const { return was_running_; }
    // Gives the folder back. Where a shop ran, returns once all its services are ready; unavailable
    // or timeout where they are not. Without end() it is given back when the object goes, and
    // nobody waits.
    Result<void> end();

private:
    explicit Maintenance(std::filesystem::path data_dir) : data_dir_(std::move(data_dir)) {}
    Result<void> stop_children();
    Result<void> take_lock();

    std::filesystem::path data_dir_;
    FileLock maintenance_;
    FileLock lock_;  // where no supervisor has it
    bool was_running_ = false;
};

// conflict while somebody works on the stores of the folder.
Result<void> check_no_maintenance(const std::filesystem::path& data_dir);

// The mark `restoring`: which backup, and whose stores are done.
struct RestoreMark {
    std::string id;    // of the backup
    std::string file;  // where it is
    std::vector<std::string> done;
};
std::filesystem::path restore_mark_path(const std::filesystem::path& data_dir);
// failed_precondition, with the remedy, where the mark is in the folder.
Result<void> check_restored(const std::filesystem::path& data_dir);

}  // namespace shop::cli

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::RestoreMark>();
// clang-format on
}  // namespace shop::schema
