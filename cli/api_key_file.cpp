#include "api_key_file.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"

namespace shop::cli {
namespace {

constexpr const char* kVariable = "SHOPCTL_API_KEY_FILE";
constexpr std::size_t kFileBytesMax = 4096;  // a key has 47

std::string named(const std::filesystem::path& file) {
    return file.string() + " (" + kVariable + ")";
}

}  // namespace

std::optional<std::filesystem::path> api_key_file() {
    const char* path = std::getenv(kVariable);
    if (path == nullptr || *path == '\0') return std::nullopt;
    return path;
}

Result<std::string> read_api_key(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return fail(Code::not_found, "There is no file " + named(file) + ", or it can't be seen.");
    if ((status.st_mode & 077U) != 0)
        return fail(Code::invalid_argument, named(file) +
                                                " may be read by others, so its key is "
                                                "no secret. Run: chmod 600 " +
                                                file.string());
    SHOP_TRY(text, read_file(file, kFileBytesMax));
    const std::string key(trim(text));
    if (key.starts_with("key_") && key.find_first_of(" \t\r\n") == std::string::npos) return key;
    return fail(Code::invalid_argument,
                named(file) + " holds no API key: one begins with key_ and is a single line.");
}

Result<void> check_no_api_key() {
    if (!api_key_file()) return {};
    return fail(Code::failed_precondition,
                "SHOPCTL_API_KEY_FILE is set, so shopctl works with that API key. Unset it to sign "
                "in or out.");
}

}  // namespace shop::cli
