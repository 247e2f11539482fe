// Where the state of a host's deployments lies, and who works on it.
//
//     lock.json  journal.jsonl  history.jsonl  latest.json  releases/  objects/  secrets/
//     buyer.json
//
// Thread safety: values and a free function.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace shop::cli::deploy {

inline constexpr const char* kStateFolder = "/var/lib/shop-deploy";

struct State {
    std::filesystem::path folder = kStateFolder;

    std::filesystem::path lock() const { return folder / "lock.json"; }
    std::filesystem::path journal() const { return folder / "journal.jsonl"; }
    std::filesystem::path history() const { return folder / "history.jsonl"; }
    std::filesystem::path latest() const { return folder / "latest.json"; }  // all may read it
    std::filesystem::path releases() const { return folder / "releases"; }
    std::filesystem::path objects() const { return folder / "objects"; }
    std::filesystem::path secrets() const { return folder / "secrets"; }
    std::filesystem::path buyer() const { return folder / "buyer.json"; }

    // Makes the folder where it is missing; all may look into it, since services run objects.
    Result<void> make() const;
};

// "root@box", and who it was before sudo: "ann@box (root)".
std::string who_works();

}  // namespace shop::cli::deploy
