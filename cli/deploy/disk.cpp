#include "deploy/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.hpp"
#include "base/text.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLineFileWait{10};
constexpr std::size_t kLineFileBytesMax = 256 * 1024 * 1024;  // decades of deployments

std::string_view whole_lines(std::string_view text) {
    const auto end = text.rfind('\n');
    return text.substr(0, end == text.npos ? 0 : end + 1);
}

}  // namespace

Result<void> make_lasting_folder(const fs::path& path, mode_t mode) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return {};
    const fs::path parent = fs::absolute(path).lexically_normal().parent_path();
    if (!fs::is_directory(parent, ignored)) SHOP_CHECK(make_lasting_folder(parent, mode));
    SHOP_CHECK(make_folder(path, mode));
    return sync_folder(parent);
}

Result<std::vector<std::string>> read_lines(const fs::path& file) {
    std::vector<std::string> lines;
    const auto text = read_file(file, kLineFileBytesMax);
    if (!text && text.error().code == Code::not_found) return lines;
    if (!text) return tl::make_unexpected(text.error());
    auto whole = whole_lines(*text);
    for (; !whole.empty(); whole.remove_prefix(lines.back().size() + 1))
        lines.emplace_back(whole.substr(0, whole.find('\n')));
    return lines;
}

Result<LineFile> LineFile::open(const fs::path& file) {
    SHOP_CHECK(make_lasting_folder(file.parent_path(), 0755));
    LineFile out;
    out.path_ = file;
    out.lock_ = FileLock(file, FileLock::Kind::exclusive, kLineFileWait);
    if (out.lock_.error() == EWOULDBLOCK)
        return fail(Code::unavailable,
                    "Another process is writing " + file.string() + "; try again in a moment.");
    errno = out.lock_.error();
    if (!out.lock_.held()) return fail_call("open", file.native());
    out.file_ = Descriptor(::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!out.file_) return fail_call("open", file.native());
    SHOP_TRY(text, read_file(file, kLineFileBytesMax));
    const std::size_t whole = whole_lines(text).size();
    out.content_ = text.substr(0, whole);
    if (whole < text.size()) SHOP_CHECK(out.cut_to(whole));
    // It may be new.
    if (text.empty()) SHOP_CHECK(sync_folder(file.parent_path()));
    return out;
}

std::string_view LineFile::last() const {
    std::string_view lines = content_;
    if (lines.empty()) return {};
    lines.remove_suffix(1);
    const auto before = lines.rfind('\n');
    return before == lines.npos ? lines : lines.substr(before + 1);
}

Result<void> LineFile::append(std::string_view line) {
    const std::string whole = std::string(line) + "\n";
    auto written = write_to(file_.fd(), whole, path_.native());
    if (written && ::fsync(file_.fd()) != 0) written = fail_call("write", path_.native());
    if (!written) {
        // As far as that is possible: a half line is passed over by readers as well.
        (void)cut_to(content_.size());
        return written;
    }
    content_ += whole;
    return {};
}

Result<void> LineFile::clear() {
    SHOP_CHECK(cut_to(0));
    content_.clear();
    return {};
}

Result<void> LineFile::cut_to(std::size_t bytes) {
    if (::ftruncate(file_.fd(), static_cast<off_t>(bytes)) == 0 && ::fsync(file_.fd()) == 0)
        return {};
    return fail_call("write", path_.native());
}

}  // namespace shop::cli::deploy
