// A circuit breaker: a service that failed so many times in a row is not asked for a while. Callers
// get their answer at once instead of waiting for a deadline each, and a service that struggles is
// left in peace.
//
// Closed: calls go through. Open: they are refused until a pause is over; then one goes through as
// a probe. If it succeeds, the breaker is closed; if it fails, the next pause is twice as long.
//
// Thread safety: any thread. As long as nothing fails, a call costs atomic reads.
#pragma once

#include <atomic>
#include <mutex>

#include "base/time.hpp"

namespace shop::http {

// Between half of `most` and all of it, so that those who failed together do not come back
// together.
Millis jittered(Millis most);

class CircuitBreaker {
    enum class Admission { refused, normal, probe };

public:
    // Pauses are jittered().
    static constexpr Millis kPauseFirst{250};
    static constexpr Millis kPauseMax{5000};

    // `failures_max` in a row open it; 0: it never opens. `clock` outlives it.
    CircuitBreaker(int failures_max, const Clock& clock)
        : failures_max_(failures_max), clock_(clock) {}

    // One call, for as long as it lasts. It failed unless it says that it has succeeded.
    class Call {
    public:
        explicit Call(CircuitBreaker& breaker) : breaker_(breaker), admission_(breaker.enter()) {}
        ~Call() { breaker_.leave(admission_, succeeded_); }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;

        bool refused() const { return admission_ == Admission::refused; }
        void succeeded() { succeeded_ = true; }

    private:
        CircuitBreaker& breaker_;
        const Admission admission_;
        bool succeeded_ = false;
    };

    // True from the failure that opened it to the success that closes it.
    bool open() const { return failures_max_ > 0 && failures_ >= failures_max_; }
    // Until a probe may be made; 0 where one may be, or is under way.
    Millis pause_left() const;

private:
    Admission enter();
    void leave(Admission admission, bool success);
    Millis left() const;
    void begin_pause();

    const int failures_max_;
    const Clock& clock_;
    std::atomic<int> failures_{0};  // in a row; written under mutex_
    mutable std::mutex mutex_;
    // Guarded by mutex_:
    bool probing_ = false;
    Millis pause_most_ = kPauseFirst;  // the pause before its jitter
    Millis pause_{0};
    Time since_{};
};

}  // namespace shop::http
