#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/descriptor.hpp"

namespace shop {
namespace {

Failure fail_path(std::string_view verb, const std::filesystem::path& path) {
    return fail_call(verb, path.native());
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail_path("read", path);
    constexpr std::size_t kStep = 64 * 1024;
    std::string content;
    for (;;) {
        const std::size_t size = content.size();
        content.resize(size + kStep);
        const ssize_t got = ::read(file.fd(), content.data() + size, kStep);
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
    if (!file) return fail_path("write", path);
    const auto done = [&]() -> Result<void> {
        if (::fchmod(file.fd(), mode) != 0) return fail_path("write", path);
        SHOP_CHECK(write_to(file.fd(), content, path.native()));
        if (::fsync(file.fd()) != 0 || ::rename(beside.c_str(), path.c_str()) != 0)
            return fail_path("write", path);
        return {};
    }();
    if (!done) ::unlink(beside.c_str());
    SHOP_CHECK(done);
    return sync_folder(folder);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened && ::fsync(opened.fd()) == 0) return {};
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
