// What the newest deployment says of itself in a file that everybody may read: the back office of
// the storefront shows it. The history itself is for whoever deploys.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "deploy/history.hpp"

namespace shop::cli::deploy {

// Writes it in one step, for all to read; nothing where there was no deployment yet.
Result<void> tell_latest(const History& history, const std::filesystem::path& file);

}  // namespace shop::cli::deploy
