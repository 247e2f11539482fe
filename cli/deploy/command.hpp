// What the commands of `shopctl deploy` share: deploy.yaml, running on its host, telling how it
// went.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "args.hpp"
#include "deploy/host.hpp"
#include "deploy/remote.hpp"
#include "output/view.hpp"
#include "shell.hpp"

namespace shop::cli::deploy {

inline constexpr const char* kManifestFile = "deploy.yaml";

std::shared_ptr<std::string> add_file_option(Args& args);

// Options of the commands that take the lock.
struct WorkOptions {
    std::string file = kManifestFile;
    std::string message;
    bool steal = false;
    bool no_backup = false;

    Host::Work work() const { return {message, steal, no_backup}; }
    // The same on another host's command line, after the command's own words.
    std::vector<std::string> words(std::vector<std::string> command) const;
};
std::shared_ptr<WorkOptions> add_work_options(Args& args);

// Runs `here` with the host of the manifest, or the command of `call` on the host that it names;
// the options that every command has go along.
Result<int> on_host(Shell& shell, const std::string& file, RemoteCall call,
                    const std::function<Result<int>(Host&)>& here);

// Prints the outcome. Exit code 0 where the verdict is `wanted`, else 1.
Result<int> tell(const Shell& shell, const Outcome& outcome, std::string_view wanted = "good");
// A plan: a row for each change; warnings and refusals are said.
Result<int> print_plan(const Shell& shell, const Plan& plan);

}  // namespace shop::cli::deploy
