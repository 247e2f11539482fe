// productd put together: its store and rules behind a bound and sealed service.
//
// Thread safety: as runtime::App.
#pragma once

#include <memory>

#include "productd/settings.hpp"
#include "runtime/daemon.hpp"

namespace shop::products {

// `settings` is read while this runs; what the context holds outlives the App.
Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context,
                                               const ProductSettings& settings);

}  // namespace shop::products
