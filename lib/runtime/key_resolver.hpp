// Keys of the course's API in services other than userd: whose key it is, is asked of userd and
// remembered for a moment, so that a logged-out key ends everywhere within kKeyFresh.
//
// With userd down, a key that was seen within kKeyStale goes on: signed-in customers are not thrown
// out.
//
// Thread safety: the resolver may be called from many threads.
#pragma once

#include <chrono>

#include "api/client.hpp"
#include "runtime/service.hpp"

namespace shop::runtime {

inline constexpr std::chrono::seconds kKeyFresh{2};
inline constexpr std::chrono::minutes kKeyStale{10};

// `users` (a client of userd with the service's own token) and `clock` outlive the resolver.
KeyResolver make_key_resolver(const api::ApiClient& users, const Clock& clock);

}  // namespace shop::runtime
