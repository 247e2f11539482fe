// From a daemon's settings to its front.
//
// Thread safety: before other threads begin.
#pragma once

#include "http/front.hpp"
#include "runtime/settings.hpp"

namespace shop::runtime {

http::FrontOptions front_options(const DaemonSettings& settings);
// Connections that find no descriptor would wait without a word: this process may open as many
// files as they need, or the log says that it may not.
void raise_descriptor_limit(std::int64_t connections);

}  // namespace shop::runtime
