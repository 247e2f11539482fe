// Drives on what a crash or a silent productd left behind: pending orders to placed or cancelled,
// and pieces that are still to be given back.
//
// Thread safety: start and stop from one thread; pass from any.
#pragma once

#include <chrono>

#include "orderd/checkout.hpp"
#include "runtime/repeater.hpp"

namespace shop::orders {

// A pending order is left to its own call for so long.
inline constexpr std::chrono::seconds kResumeAfter{5};

class Resumer {
public:
    Resumer(CheckoutSaga& saga, const Clock& clock) : saga_(saga), clock_(clock) {}

    // One look at everything that waits. false: productd did not answer, and something still waits.
    bool pass();

    // A thread that does a pass every second, less often while productd is silent.
    void start();
    void stop() { rounds_.stop(); }

private:
    bool resume(const std::string& order_id);
    void place(const events::Origin& origin, const api::Order& order);

    CheckoutSaga& saga_;
    const Clock& clock_;
    runtime::Repeater rounds_;
};

}  // namespace shop::orders
