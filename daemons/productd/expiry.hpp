// Releases reservations whose time is over, every second, in small transactions.
//
// Thread safety: sweep() may be called from any thread; start() and stop() by the owner.
#pragma once

#include "productd/store.hpp"
#include "runtime/repeater.hpp"

namespace shop::products {

class ExpirySweeper {
public:
    // All three outlive the sweeper.
    ExpirySweeper(store::Store& store, const Tables& tables, const Clock& clock);

    void start();
    void stop() { rounds_.stop(); }
    // One round: releases all that have expired by now.
    void sweep();

private:
    store::Store& store_;
    const Tables& tables_;
    const Clock& clock_;
    runtime::Repeater rounds_;
};

}  // namespace shop::products
