// How quick the disk is just now: a page written and put on disk, as a store's commit does it. A
// disk that got slower, through whatever else writes there, is no fault of a release.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>

#include "base/descriptor.hpp"
#include "deploy/service_metrics.hpp"

namespace shop::cli::deploy {

class DiskPace {
public:
    // A file without a name in this folder. Where none can be made nothing is ever measured.
    explicit DiskPace(const std::filesystem::path& folder);

    void measure();
    const EndpointFigures& figures() const { return figures_; }

private:
    Descriptor file_;
    EndpointFigures figures_;
};

}  // namespace shop::cli::deploy
