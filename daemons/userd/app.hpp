// userd put together: its store and rules behind a bound and sealed service.
//
// Thread safety: as runtime::App.
#pragma once

#include <memory>

#include "runtime/daemon.hpp"
#include "userd/settings.hpp"

namespace shop::users {

// `settings` is read during this call alone; what the context holds outlives the App.
Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context,
                                               const UserSettings& settings);

}  // namespace shop::users
