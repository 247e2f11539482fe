// Runs another program to its end: systemctl, podman, ssh and hooks, shop-mail, shop-picture.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop {

struct ProgramResult {
    int status = 0;         // its exit code; 128 + the signal where one ended it
    std::string output;     // what it wrote to standard output, cut at `output_bytes_max`
    std::string complaint;  // and to standard error, likewise

    bool good() const { return status == 0; }
};

struct ProgramOptions {
    std::string_view input = {};                 // its standard input
    std::chrono::milliseconds deadline{30'000};  // then it and its process group are killed
    std::size_t output_bytes_max = 4 * 1024 * 1024;
    // "NAME=value", all that it has; nothing: what we have.
    std::optional<std::vector<std::string>> environment = std::nullopt;
    std::stop_token stop = {};  // kills it as well, soon after
};

// words[0] is looked for in PATH where it has no slash. No shell reads the words. It has none of
// our descriptors, and no signal is blocked or ignored. Any exit code is a success here; not_found
// where there is no such program, timeout where its time was over, unavailable where it was asked
// to stop, internal where it could not be started.
Result<ProgramResult> run_program(const std::vector<std::string>& words,
                                  const ProgramOptions& options = {});

// The program of this name in the folder of the program that runs.
std::filesystem::path program_beside(std::string_view name);

}  // namespace shop
