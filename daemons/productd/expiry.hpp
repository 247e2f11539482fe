// Releases reservations whose time is over, every second, in small transactions.
//
// Thread safety: sweep() may be called from any thread; start() and stop() by the owner.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "productd/store.hpp"

namespace shop::products {

class ExpirySweeper {
public:
    // All three outlive the sweeper.
    ExpirySweeper(store::Store& store, const Tables& tables, const Clock& clock);
    ~ExpirySweeper();

    void start();
    void stop();
    // One round: releases all that have expired by now.
    void sweep();

private:
    void run();

    store::Store& store_;
    const Tables& tables_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace shop::products
