// What a deployment keeps on disk: folders, and files of lines to which lines are only added. All
// of it is there after a power cut once a call has returned.
//
// Thread safety: one thread for a LineFile; processes are kept apart by a lock on the file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"

namespace shop::cli::deploy {

// make_folder() of base, with the names of what it made on disk.
Result<void> make_lasting_folder(const std::filesystem::path& path, mode_t mode);

// The whole lines, oldest first; none where there is no file. What follows the last line feed was
// half written, and is passed over.
Result<std::vector<std::string>> read_lines(const std::filesystem::path& file);

// The same file, opened to add to it. Locked against others for as long as it lives.
class LineFile {
public:
    // Makes the file (0600), and its folder, where it is missing; cuts off a half written end.
    // unavailable where another process keeps it locked.
    static Result<LineFile> open(const std::filesystem::path& file);

    const std::string& content() const { return content_; }
    std::string_view last() const;  // line; empty where there is none
    // On disk when this returns. `line` has no line feed. After an error the file is as before.
    Result<void> append(std::string_view line);
    Result<void> clear();

private:
    LineFile() = default;
    Result<void> cut_to(std::size_t bytes);

    std::filesystem::path path_;
    FileLock lock_;
    Descriptor file_;
    std::string content_;
};

}  // namespace shop::cli::deploy
