#include "store/lmdb_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/file.hpp"
#include "store/lmdb.hpp"

namespace shop::store {
namespace {

using namespace std::chrono_literals;

// Opening and making a store take milliseconds; who restores a large one is not waited for.
constexpr auto kWaitMax = 10s;

constexpr std::string_view kInUseFile = "in_use";
constexpr std::array<std::string_view, 3> kWorkFolders = {"new", "restore", "compact"};

}  // namespace

Failure failure_in(const std::filesystem::path& folder, std::string_view verb, int code) {
    const bool full = code == ENOSPC || code == EDQUOT;
    return fail(
        full ? Code::insufficient_storage : Code::failed_precondition,
        fmt::format("cannot {} the store in {}: {}", verb, folder.native(), mdb_strerror(code)));
}

Result<FileLock> enter_folder(const std::filesystem::path& folder) {
    FileLock entered(folder, FileLock::Kind::exclusive, kWaitMax);
    if (entered.error() == EWOULDBLOCK)
        return fail(Code::unavailable,
                    fmt::format("another process is upgrading, restoring or compacting the store "
                                "in {}; try again once it has ended",
                                folder.native()));
    if (!entered.held()) return failure_in(folder, "lock", entered.error());
    std::error_code ignored;
    for (const auto name : kWorkFolders) std::filesystem::remove_all(folder / name, ignored);
    return entered;
}

Result<FileLock> use_folder(const std::filesystem::path& folder) {
    FileLock lock(folder / kInUseFile, FileLock::Kind::shared);
    if (!lock.held()) return failure_in(folder, "lock", lock.error());
    return lock;
}

Result<FileLock> use_folder_alone(const std::filesystem::path& folder, std::string_view message) {
    FileLock lock(folder / kInUseFile, FileLock::Kind::exclusive);
    if (lock.error() == EWOULDBLOCK) return fail(Code::failed_precondition, std::string(message));
    if (!lock.held()) return failure_in(folder, "lock", lock.error());
    return lock;
}

Result<WorkFolder> WorkFolder::make(const std::filesystem::path& folder, Kind kind) {
    const auto path = folder / kWorkFolders[static_cast<std::size_t>(kind)];
    SHOP_CHECK(make_folder(path, 0700));
    return WorkFolder(path);
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<void> put_in_place(const std::filesystem::path& file, const std::filesystem::path& folder) {
    // Who copies the store right now, from outside the shop, has the lock file of the old one: with
    // it, the transactions of the new one would be counted on from those of the old.
    const auto lock = folder / kLockFile;
    if (::unlink(lock.c_str()) != 0 && errno != ENOENT) return failure_in(folder, "replace", errno);
    if (::rename(file.c_str(), (folder / kDataFile).c_str()) != 0)
        return failure_in(folder, "replace", errno);
    return sync_folder(folder);
}

}  // namespace shop::store
