// Keys of the course's API in services other than userd: whose key it is, is asked of userd and
// remembered for a moment, so that a logged-out key ends everywhere within kKeyFresh; or for longer
// where the feed says which keys end.
//
// With userd down, a key that was seen within kKeyStale goes on: signed-in customers are not thrown
// out.
//
// Thread safety: the resolver may be called from many threads.
#pragma once

#include <chrono>

#include "api/client.hpp"
#include "runtime/revocations.hpp"
#include "runtime/service.hpp"

namespace shop::runtime {

inline constexpr std::chrono::seconds kKeyFresh{2};
inline constexpr std::chrono::seconds kKeyFollowed{10};  // while the revocations are current
inline constexpr std::chrono::minutes kKeyStale{10};

// `users` (a client of userd with the service's own token), `clock` and `revocations` (may be null)
// outlive the resolver.
KeyResolver make_key_resolver(const api::ApiClient& users, const Clock& clock,
                              const Revocations* revocations = nullptr);

}  // namespace shop::runtime
