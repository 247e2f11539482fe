// podman's command line, for what the driver of that name asks of it.
//
// Thread safety: any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "program.hpp"

namespace shop::cli::deploy {

// What an image says of itself.
struct PodmanImage {
    std::string id;  // "sha256:…", of its content
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::int64_t memory_bytes = 0;  // its label shop.memory; 0: none
};

struct PodmanContainer {
    std::string state;  // "running", "exited", "created", …
    std::int64_t pid = 0;
    std::int64_t restarts = 0;
    std::int64_t exit_code = 0;
    bool oom_killed = false;
    std::string image;  // as PodmanImage::id
    std::map<std::string, std::string> labels;
    std::vector<std::string> made_by;  // the words from "run" on that made it
    std::int64_t memory_bytes = 0;

    bool running() const { return state == "running"; }
    std::string label(const std::string& name) const {
        const auto found = labels.find(name);
        return found == labels.end() ? std::string() : found->second;
    }
};

// The output of `podman WORDS`; failed_precondition with its own words where it refuses.
Result<std::string> podman(std::vector<std::string> words, const ProgramOptions& options = {});
// Whether `podman WORDS`, a question like `pod exists NAME`, says yes.
Result<bool> podman_says(std::vector<std::string> words);

// not_found where it is not on this machine; failed_precondition where it has no user with numbers.
Result<PodmanImage> podman_image(const std::string& name);
// Nothing where there is no such container.
Result<std::optional<PodmanContainer>> podman_container(const std::string& name);
// The exit code that it ended with last, also where it was started again; nothing where podman does
// not remember.
std::optional<std::int64_t> podman_last_exit(const std::string& container);
// The newest lines of its log; empty where there are none.
std::string podman_last_words(const std::string& container);

}  // namespace shop::cli::deploy
