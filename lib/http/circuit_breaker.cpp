#include "http/circuit_breaker.hpp"

#include <algorithm>
#include <random>

namespace shop::http {

Millis jittered(Millis most) {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<Millis::rep> spread(most.count() / 2, most.count());
    return Millis(spread(random));
}

CircuitBreaker::Admission CircuitBreaker::enter() {
    if (!open()) return Admission::normal;
    const std::lock_guard lock(mutex_);
    if (!open()) return Admission::normal;
    if (probing_ || left() > Millis(0)) return Admission::refused;
    probing_ = true;
    return Admission::probe;
}

void CircuitBreaker::leave(Admission admission, bool success) {
    if (failures_max_ == 0 || admission == Admission::refused) return;
    if (success && failures_ == 0) return;
    const std::lock_guard lock(mutex_);
    if (success) {
        // Also that of a call which was under way when the breaker opened: the service answers.
        failures_ = 0;
        probing_ = false;
        pause_most_ = kPauseFirst;
    } else if (!open()) {
        if (++failures_ == failures_max_) begin_pause();
    } else if (admission == Admission::probe) {
        probing_ = false;
        pause_most_ = std::min(pause_most_ * 2, kPauseMax);
        begin_pause();
    }
}

Millis CircuitBreaker::pause_left() const {
    const std::lock_guard lock(mutex_);
    return left();
}

// A clock that was set back ends the pause: better a probe too early than one an hour too late.
Millis CircuitBreaker::left() const {
    const Millis passed = clock_.now() - since_;
    return passed < Millis(0) ? Millis(0) : std::max(pause_ - passed, Millis(0));
}

void CircuitBreaker::begin_pause() {
    since_ = clock_.now();
    pause_ = jittered(pause_most_);
}

}  // namespace shop::http
