#include "base/secret_file.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"

namespace shop {
namespace {

constexpr mode_t kOfOthers = 077;
constexpr mode_t kOfEverybody = 007;

bool is_credential(const std::filesystem::path& path) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder != '/') return false;
    return path.lexically_normal().parent_path() ==
           (std::filesystem::path(folder) / "file").lexically_normal().parent_path();
}

}  // namespace

Result<std::string> read_secret_file(const std::filesystem::path& path, std::size_t bytes_max) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return fail(Code::not_found, "there is no file " + path.string() + ".");
    if ((status.st_mode & (is_credential(path) ? kOfEverybody : kOfOthers)) != 0)
        return fail(Code::permission_denied,
                    "others may read " + path.string() + ". Do: chmod 600 " + path.string());
    SHOP_TRY(text, read_file(path, bytes_max));
    return std::string(trim(text));
}

}  // namespace shop
