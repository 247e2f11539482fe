#include "backup/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/file.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::generic_category().message(errno); }

// A file without a name, which goes when it is closed.
Result<Descriptor> open_nameless() {
    std::error_code error;
    std::string path = (fs::temp_directory_path(error) / "shop-backup-XXXXXX").string();
    Descriptor file(error ? -1 : ::mkostemp(path.data(), O_CLOEXEC));
    if (!file) return fail(Code::unavailable, "No temporary file can be made: " + reason());
    ::unlink(path.c_str());
    return file;
}

Result<Descriptor> open_standard_input() {
    SHOP_TRY(file, open_nameless());
    std::array<char, 64 * 1024> buffer{};
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) return std::move(file);
        if (got < 0)
            return fail(Code::invalid_argument, "Standard input can't be read: " + reason());
        SHOP_CHECK(write_to(file.fd(), {buffer.data(), static_cast<std::size_t>(got)},
                            "the temporary file"));
    }
}

Result<Descriptor> open_named(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file) return file;
    const Code code = errno == ENOENT   ? Code::not_found
                      : errno == EACCES ? Code::permission_denied
                                        : Code::invalid_argument;
    return fail(code, "Can't read " + path + ": " + reason() +
                          ". See what there is with: shopctl backup list");
}

}  // namespace

Result<BackupFile> BackupFile::open(const std::string& path) {
    SHOP_TRY(opened, path == "-" ? open_standard_input() : open_named(path));
    BackupFile file(std::move(opened));
    struct stat status {};
    if (::fstat(file.file_.fd(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail(Code::invalid_argument, path + " is no file.");
    file.bytes_ = status.st_size;
    SHOP_CHECK(file.read_frames());
    return file;
}

Result<std::string> BackupFile::bytes_at(std::int64_t offset, std::size_t count) const {
    std::string out(count, '\0');
    std::size_t have = 0;
    while (have < count) {
        const ssize_t got = ::pread(file_.fd(), out.data() + have, count - have,
                                    offset + static_cast<std::int64_t>(have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(Code::internal, "The backup can't be read: " + reason());
        if (got == 0)
            return fail(Code::invalid_argument,
                        "This is not a whole backup: it is cut off. Use another one.");
        have += static_cast<std::size_t>(got);
    }
    return out;
}

Result<void> BackupFile::read_frames() {
    SHOP_TRY(frame_head, bytes_at(0, kFrameHeadBytes));
    SHOP_TRY(payload_bytes, frame_payload_bytes(frame_head, kBackupHeadMax));
    SHOP_TRY(head, bytes_at(0, kFrameHeadBytes + payload_bytes));
    SHOP_CHECK(read_head(std::string_view(head).substr(kFrameHeadBytes)));
    const auto tail_offset = bytes_ - static_cast<std::int64_t>(kBackupTailBytes);
    if (tail_offset < static_cast<std::int64_t>(head.size()))
        return fail(Code::invalid_argument,
                    "This is not a whole backup: it is cut off. Use another one.");
    SHOP_TRY(tail, bytes_at(tail_offset, kBackupTailBytes));
    SHOP_TRY(manifest_bytes, manifest_frame_bytes(tail));
    const auto manifest_offset = tail_offset - static_cast<std::int64_t>(manifest_bytes);
    if (manifest_offset < static_cast<std::int64_t>(head.size()))
        return fail(Code::invalid_argument,
                    "The backup is damaged: its manifest does not fit into it. Use another one.");
    SHOP_TRY(frame, bytes_at(manifest_offset, manifest_bytes));
    SHOP_TRY(manifest, read_manifest(head, frame, tail, manifest_offset));
    manifest_ = std::move(manifest);
    return {};
}

Source BackupFile::part(const BackupPart& part) const {
    return [file = file_.fd(), at = part.offset,
            left = part.bytes](std::span<char> out) mutable -> Result<std::size_t> {
        const auto count = std::min(out.size(), static_cast<std::size_t>(left));
        ssize_t got = 0;
        do got = count == 0 ? 0 : ::pread(file, out.data(), count, at);
        while (got < 0 && errno == EINTR);
        if (got < 0) return fail(Code::internal, "The backup can't be read: " + reason());
        at += got;
        left -= got;
        return static_cast<std::size_t>(got);
    };
}

Result<NewFile> NewFile::make(const fs::path& folder) {
    SHOP_CHECK(make_folder(folder, 0700));
    std::string beside = (folder / ".shop-backup.XXXXXX").string();
    Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));  // mode 0600
    if (!file)
        return fail(errno == EACCES ? Code::permission_denied : Code::internal,
                    "Can't write to " + folder.string() + ": " + reason());
    return NewFile(folder, beside, std::move(file));
}

NewFile::NewFile(NewFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      beside_(std::exchange(other.beside_, {})),
      file_(std::move(other.file_)) {}

NewFile::~NewFile() {
    if (!beside_.empty()) ::unlink(beside_.c_str());
}

Result<void> NewFile::write(std::string_view bytes) {
    return write_to(file_.fd(), bytes, folder_.native());
}

Result<fs::path> NewFile::keep_as(const std::string& name) {
    fs::path path = folder_ / name;
    std::error_code ignored;
    for (int again = 2; fs::exists(path, ignored); ++again)
        path = folder_ / (fs::path(name).stem().string() + "-" + std::to_string(again) +
                          fs::path(name).extension().string());
    if (::fsync(file_.fd()) != 0 || ::rename(beside_.c_str(), path.c_str()) != 0)
        return fail(Code::internal, "Can't write " + path.string() + ": " + reason());
    beside_.clear();
    SHOP_CHECK(sync_folder(folder_));
    return path;
}

}  // namespace shop::cli
