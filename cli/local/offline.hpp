// A daemon's work on its store while no process has it open: `shop-X --restore` and `--compact`.
//
// Thread safety: any thread; one for each store.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/stream.hpp"

namespace shop::cli {

// The daemons stand beside shopctl in a build tree, and in libexec or PATH once installed.
std::filesystem::path daemon_path(const std::string& service);

// Whether a local shop's folder holds this service's store.
bool has_store(const std::filesystem::path& data_dir, const std::string& service);

// Runs the service's daemon with `mode` ("--restore", "--compact") on its store in a local shop's
// folder; `input` is its standard input (none where empty). The JSON object that it prints.
// failed_precondition, with the daemon's own words, where it says no: then nothing was changed.
// internal where it was ended by a signal, ours on Ctrl-C included: then the old store or the new
// one is in place, whole.
Result<Json> run_offline(const std::filesystem::path& data_dir, const std::string& service,
                         const std::string& mode, const Source& input = {});

}  // namespace shop::cli
