// Sessions and keys that have ended, in services other than userd: their access tokens are refused
// before they end by themselves.
//
// A thread follows userd's event feed, twice a second, so that whatever ends at userd has ended
// here within limits::kRevokedWithin. It begins at what a token that is still good could have
// missed, and remembers each for as long as such a token lives: a restart forgets nothing. While
// userd does not answer, tokens are good until they end, and what was missed is caught up
// afterwards.
//
// Thread safety: start() and stop() from one thread; the rest from any.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "api/client.hpp"
#include "api/common.hpp"
#include "runtime/daemon.hpp"
#include "runtime/repeater.hpp"

namespace shop::runtime {

class Revocations {
public:
    // `users` is a client of userd with the service's own token, best one without a circuit
    // breaker; `clock` outlives the Revocations.
    Revocations(api::ApiClient users, const Clock& clock)
        : users_(std::move(users)), clock_(clock) {}

    // unauthenticated where the principal's session is known to have ended. For
    // Service::set_principal_check: it stands behind the memory of verified tokens.
    Result<void> check(const auth::Principal& principal) const;
    // Whether the feed was read to its end within kRevokedWithin. Where not, somebody may have
    // signed out without our knowing.
    bool current() const;
    // A line of /readyz, "userd": what depends on it goes on without, so it is not vital. Asks by
    // itself where userd was silent, so that it is right at once when userd is back.
    api::HealthCheck health();

    // Reads the feed to its end, in pages. false: userd did not answer.
    bool pass();
    void start();
    void stop() { rounds_.stop(); }

private:
    struct Ended {
        std::string session_id;
        Time forget_at;
    };

    Result<api::EventPage> next_page() const;
    void take_in(const api::EventPage& page);
    void forget_old();

    const api::ApiClient users_;
    const Clock& clock_;

    std::mutex pass_mutex_;   // one pass at a time
    std::int64_t after_ = 0;  // guarded by pass_mutex_; 0: begin anew, by time

    mutable std::mutex mutex_;               // what follows
    std::unordered_set<std::string> ended_;  // of `queue_`
    std::deque<Ended> queue_;                // by when they are forgotten
    bool answered_ = true;
    std::chrono::steady_clock::time_point read_at_{};

    Repeater rounds_;
};

// For a daemon's wiring: its own connection to the userd of the settings.
Result<std::shared_ptr<Revocations>> make_revocations(const DaemonContext& context);
// Refuses what has ended, and shows in /readyz whether userd is followed. `revocations` outlives
// the service.
void follow_revocations(Service& service, Revocations& revocations);

}  // namespace shop::runtime
