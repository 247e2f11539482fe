// The folder of an embedded store: who may touch the files in it, and when.
//
// Two locks. The folder itself is held by whoever looks at its files, makes, replaces or opens
// them: one at a time, and let go once the store is open. The file `in_use` is held, shared, by
// everybody who has the store open, and alone by who changes what the others must not have open.
// It is only taken while the folder is held: so it is never waited for, and going from alone to
// shared lets nobody in between.
//
// Thread safety: any thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.hpp"
#include "base/file_lock.hpp"

namespace shop::store {

// Names in the folder.
inline constexpr std::string_view kDataFile = "data.mdb";
inline constexpr std::string_view kLockFile = "lock.mdb";

// Waits for others for some seconds; unavailable where that does not help. Throws away what
// broken-off work left in the folder.
Result<FileLock> enter_folder(const std::filesystem::path& folder);

// Both only while the folder is held.
Result<FileLock> use_folder(const std::filesystem::path& folder);
// failed_precondition with the message where some store object has the folder in use.
Result<FileLock> use_folder_alone(const std::filesystem::path& folder, std::string_view message);

// A folder in it for work that may break off: empty, mode 0700, thrown away at the end of this
// object's life and, where that does not come, when the folder is next entered.
class WorkFolder {
public:
    enum class Kind { made, restored, compacted };
    static Result<WorkFolder> make(const std::filesystem::path& folder, Kind kind);
    WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    WorkFolder& operator=(WorkFolder&&) = delete;
    ~WorkFolder();

    const std::filesystem::path& path() const { return path_; }

private:
    explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

// Puts `file`, which is on disk, in the place of the folder's store or where none is yet, at once
// and durably. Only while it is used alone, or no store is there.
Result<void> put_in_place(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace shop::store
