// The objects of releases, by the SHA-256 of their content: FOLDER/<hash>/<name>. An object never
// changes, and several releases share it.
//
// Thread safety: any thread; two processes that put the same object put the same bytes.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop::cli::deploy {

class ObjectStore {
public:
    explicit ObjectStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Its hash. On disk when this returns (fsync of file and folders); `mode` 0755 for programs,
    // 0644 else: the services' users have to read it. `name` is the file's name, "shop-userd".
    // Another name for content that is there is added beside; a damaged object is made whole.
    // invalid_argument for a name with a slash, or a dot first.
    Result<std::string> put(std::string_view content, std::string_view name, mode_t mode);
    Result<std::string> put_file(const std::filesystem::path& file, std::string_view name,
                                 mode_t mode);
    std::filesystem::path path(std::string_view hash, std::string_view name) const;
    // not_found where it is not there; failed_precondition where its content is not what the hash
    // says (a broken disk, or somebody's hand).
    Result<void> verify(std::string_view hash, std::string_view name) const;
    // Verified as well.
    Result<std::string> read(std::string_view hash, std::string_view name) const;
    // Removes all objects whose hash is not among `kept`. How many.
    Result<std::size_t> prune(const std::set<std::string>& kept);

private:
    std::filesystem::path folder_;
};

// SHA-256 in hex.
std::string hash_of(std::string_view content);

}  // namespace shop::cli::deploy
