#include "deploy/objects.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "base/file.hpp"
#include "base/random.hpp"
#include "deploy/disk.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kObjectBytesMax = 512 * 1024 * 1024;  // a daemon with sanitizers has 100 MiB
constexpr mode_t kForAll = 0755;  // of the folders: the services' users run what is in them

bool is_object_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool has_mode(const fs::path& path, mode_t mode) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && (status.st_mode & 07777U) == mode;
}

}  // namespace

Result<std::string> ObjectStore::put(std::string_view content, std::string_view name, mode_t mode) {
    if (name.empty() || name.starts_with('.') || name.find('/') != name.npos)
        return fail(Code::invalid_argument, "An object's name is that of a plain file, unlike \"" +
                                                std::string(name) + "\".");
    std::string hash = hash_of(content);
    const fs::path place = path(hash, name);
    if (verify(hash, name) && has_mode(place, mode)) return hash;
    SHOP_CHECK(make_lasting_folder(place.parent_path(), kForAll));
    SHOP_CHECK(write_file(place, content, mode));
    return hash;
}

Result<std::string> ObjectStore::put_file(const fs::path& file, std::string_view name,
                                          mode_t mode) {
    SHOP_TRY(content, read_file(file, kObjectBytesMax));
    return put(content, name, mode);
}

fs::path ObjectStore::path(std::string_view hash, std::string_view name) const {
    return folder_ / hash / name;
}

Result<void> ObjectStore::verify(std::string_view hash, std::string_view name) const {
    SHOP_CHECK(read(hash, name));
    return {};
}

Result<std::string> ObjectStore::read(std::string_view hash, std::string_view name) const {
    const std::string what = std::string(name) + " (" + std::string(hash.substr(0, 16)) + ")";
    const fs::path place = path(hash, name);
    Result<std::string> content = fail(Code::not_found, "");
    if (is_object_hash(hash)) content = read_file(place, kObjectBytesMax);
    if (!content && content.error().code == Code::not_found)
        return fail(Code::not_found, "The object " + what + " is not kept in " + folder_.string() +
                                         " any more. Deploy the release from its files again.");
    if (!content) return content;
    if (hash_of(*content) != hash)
        return fail(Code::failed_precondition,
                    place.string() +
                        " is not what its hash says: the disk is broken, or it was "
                        "changed by hand. Deploy the release from its files again.");
    return content;
}

Result<std::size_t> ObjectStore::prune(const std::set<std::string>& kept) {
    std::vector<fs::path> gone;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        const std::string hash = entry.path().filename();
        if (is_object_hash(hash) && !kept.contains(hash)) gone.push_back(entry.path());
    }
    for (const fs::path& object : gone) {
        fs::remove_all(object, error);
        if (error)
            return fail(Code::internal,
                        "cannot remove " + object.string() + ": " + error.message());
    }
    return gone.size();
}

std::string hash_of(std::string_view content) { return sha256_hex(content); }

}  // namespace shop::cli::deploy
