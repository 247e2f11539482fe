// Backup files on disk: read with everything checked, and made so that nobody sees a half one.
//
// Thread safety: a BackupFile may be shared, each Source belongs to one; a NewFile has one owner.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "backup/format.hpp"
#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/stream.hpp"

namespace shop::cli {

class BackupFile {
public:
    // Checks all but the dumps themselves (verify.hpp does). "-": standard input, which is kept in
    // a nameless temporary file. not_found where there is no such file; failed_precondition where a
    // newer shopctl made it; invalid_argument where it is no backup or a damaged one.
    static Result<BackupFile> open(const std::string& path);

    const BackupManifest& manifest() const { return manifest_; }
    std::int64_t bytes() const { return bytes_; }
    // The compressed dump of a service, from its first byte. The file outlives the source.
    Source part(const BackupPart& part) const;

private:
    explicit BackupFile(Descriptor file) : file_(std::move(file)) {}
    Result<void> read_frames();
    // invalid_argument where the file ends before.
    Result<std::string> bytes_at(std::int64_t offset, std::size_t count) const;

    Descriptor file_;
    std::int64_t bytes_ = 0;
    BackupManifest manifest_;
};

// A file that gets its name once it is whole and on disk; without that nothing of it stays. Mode
// 0600.
class NewFile {
public:
    // Beside where it will be; the folder is made (mode 0700) where it is missing.
    static Result<NewFile> make(const std::filesystem::path& folder);
    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    // insufficient_storage where the disk is full.
    Result<void> write(std::string_view bytes);
    // Its path: of that name, or with "-2", "-3", … where there is such a file already.
    Result<std::filesystem::path> keep_as(const std::string& name);

private:
    NewFile(std::filesystem::path folder, std::string beside, Descriptor file)
        : folder_(std::move(folder)), beside_(std::move(beside)), file_(std::move(file)) {}

    std::filesystem::path folder_;
    std::string beside_;
    Descriptor file_;
};

}  // namespace shop::cli
