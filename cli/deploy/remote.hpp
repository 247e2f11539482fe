// A host that is reached by ssh: what deploy.yaml names is sent there, and the same command runs
// there.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "deploy/manifest.hpp"

namespace shop::cli::deploy {

bool is_remote(const Manifest& manifest);

// "ssh://root@box:2222" -> {"-p", "2222", "root@box"}. invalid_argument where it is none, or holds
// what ssh could take for an option.
Result<std::vector<std::string>> ssh_words(std::string_view host);
// One word of a POSIX shell.
std::string shell_quoted(std::string_view word);
// The manifest as the host reads it: for this machine, with the files' paths in `folder` where they
// are sent. It is JSON, which is YAML too.
std::string manifest_there(const Manifest& manifest, const std::string& folder);

struct RemoteCall {
    std::vector<std::string> words;       // "deploy", "apply", "--yes"; --file is added
    bool with_files = false;              // the files that a release is made from go along
    std::filesystem::path plan_to_send;   // goes along; `--plan` with its path there is added
    std::filesystem::path plan_to_fetch;  // comes back; `--to` with its path there is added
};

// The exit code of the command there; it writes to our standard output and error. What is sent lies
// in the host's state folder until the command has ended. unavailable where the connection could
// not be had, or was lost: then a deployment goes on there.
Result<int> run_there(const Manifest& manifest, const RemoteCall& call);

}  // namespace shop::cli::deploy
