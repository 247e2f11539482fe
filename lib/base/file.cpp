#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace shop {
namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }
    bool valid() const { return number_ >= 0; }

private:
    int number_;
};

Code code_of(int error_number) {
    switch (error_number) {
        case ENOENT:
            return Code::not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return Code::permission_denied;
        case ENOSPC:
        case EDQUOT:
            return Code::insufficient_storage;
        default:
            return Code::internal;
    }
}

// By errno, so at once after the call that failed.
Failure fail_path(std::string_view verb, const std::filesystem::path& path) {
    const int number = errno;
    return fail(code_of(number), fmt::format("cannot {} {}: {}", verb, path.string(),
                                             std::generic_category().message(number)));
}

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return fail_path("read", path);
    constexpr std::size_t kStep = 64 * 1024;
    std::string content;
    for (;;) {
        const std::size_t size = content.size();
        content.resize(size + kStep);
        const ssize_t got = ::read(file.get(), content.data() + size, kStep);
        if (got < 0 && errno != EINTR) return fail_path("read", path);
        content.resize(size + static_cast<std::size_t>(got < 0 ? 0 : got));
        if (got == 0) return content;
        if (content.size() > bytes_max)
            return fail(Code::invalid_argument,
                        fmt::format("{} is larger than {} bytes", path.string(), bytes_max));
    }
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    std::string beside = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
    const Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
    if (!file.valid()) return fail_path("write", path);
    const bool written = ::fchmod(file.get(), mode) == 0 && write_all(file.get(), content) &&
                         ::fsync(file.get()) == 0 && ::rename(beside.c_str(), path.c_str()) == 0;
    if (!written) {
        auto failure = fail_path("write", path);
        ::unlink(beside.c_str());
        return failure;
    }
    return sync_folder(folder);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.valid() && ::fsync(opened.get()) == 0) return {};
    return fail_path("sync the folder", folder);
}

Result<void> make_folder(const std::filesystem::path& path, mode_t mode) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return {};
    if (path.has_parent_path() && path.parent_path() != path)
        SHOP_CHECK(make_folder(path.parent_path(), mode));
    if (::mkdir(path.c_str(), mode) != 0) {
        const int number = errno;
        if (number == EEXIST && std::filesystem::is_directory(path, ignored)) return {};
        errno = number;
        return fail_path("make the folder", path);
    }
    // The umask may have taken bits away.
    if (::chmod(path.c_str(), mode) != 0) return fail_path("make the folder", path);
    return {};
}

}  // namespace shop
