// The releases that a host keeps, by id: FOLDER/<id>.json. Their objects are in the ObjectStore.
//
// Thread safety: one thread; between processes the lock (lock.hpp) keeps one writer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "deploy/objects.hpp"
#include "deploy/release.hpp"

namespace shop::cli::deploy {

class Releases {
public:
    Releases(std::filesystem::path folder, ObjectStore& objects)
        : folder_(std::move(folder)), objects_(objects) {}

    // On disk when this returns. One that is there already stays as it is. invalid_argument where
    // its id is not id_of() it.
    Result<void> put(const Release& release);
    // not_found where it is not kept; failed_precondition where its content is not what its id
    // says.
    Result<Release> get(const std::string& id) const;
    // Their ids, oldest first; those that can't be read before all others.
    Result<std::vector<std::string>> list() const;
    // Keeps the named ones and the newest `count` of the others, and of the objects what they use.
    // failed_precondition, and nothing is removed, where a named one can't be read.
    Result<void> prune(const std::vector<std::string>& named, std::size_t count);

private:
    std::filesystem::path folder_;
    ObjectStore& objects_;
};

}  // namespace shop::cli::deploy
