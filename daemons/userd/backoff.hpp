// Slows down guessing of passwords and codes: after a few failures in a row an account answers no
// sign-in for a while, longer each time, and never for good; the same for an address, which may
// stand for many people and so fails more often until then.
//
// An attempt counts while it is under way: beyond the failures that are free there is one at a
// time, so that guesses at once gain nothing.
//
// Thread safety: any thread. In memory, bounded: a restart forgives, and so does an hour without a
// failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::users {

inline constexpr int kFailuresFree = 5;          // of an account
inline constexpr int kFailuresFreeAddress = 20;  // of an IPv4 address or an IPv6 /64
inline constexpr std::chrono::seconds kWaitMax{60};
inline constexpr std::chrono::hours kForgotten{1};

class SignInBackoff {
    enum class End { unknown, failed, succeeded };

public:
    // One sign-in under way. Ends once: failed, succeeded, or, where it says neither, without a
    // trace (it was not known whether it was right). Belongs to one thread, and ends before the
    // SignInBackoff.
    class Attempt {
    public:
        Attempt(Attempt&& other) noexcept;
        ~Attempt() { end(End::unknown, Time{}); }
        Attempt& operator=(Attempt&&) = delete;
        void failed(Time now) { end(End::failed, now); }
        // Forgives the account all; the address keeps its failures, as each guesser has an account
        // of their own.
        void succeeded() { end(End::succeeded, Time{}); }

    private:
        friend class SignInBackoff;
        Attempt(SignInBackoff& backoff, std::string account, std::string address)
            : backoff_(&backoff), account_(std::move(account)), address_(std::move(address)) {}
        void end(End how, Time now);

        SignInBackoff* backoff_;  // null once it has ended
        std::string account_;
        std::string address_;
    };

    // resource_exhausted, with how long to wait, while the account or the address is slowed down.
    // An address that is no IP address (a Unix socket) does not count.
    Result<Attempt> begin(const std::string& account, const std::string& address, Time now);

private:
    // Those of one kind. Guarded by mutex_.
    class Counts {
    public:
        explicit Counts(int failures_free) : failures_free_(failures_free) {}
        // How long to wait; zero: it may begin, and is under way now.
        std::chrono::seconds enter(const std::string& who, Time now);
        void leave(const std::string& who, End how, Time now);

    private:
        struct State {
            int failures = 0;
            int under_way = 0;
            Time failed_at{};
            Time not_before{};
        };
        const int failures_free_;
        std::unordered_map<std::string, State> states_;
    };

    std::mutex mutex_;
    Counts accounts_{kFailuresFree};
    Counts addresses_{kFailuresFreeAddress};
};

}  // namespace shop::users
