// The cut of a backup: one moment at which orderd's and productd's stores can be copied as one.
//
// The two are copied one after the other. Between the copies no call to productd that changes
// something may be under way, and none may begin: then neither copy shows an effect whose cause the
// other lacks, and what they show together is a state that a crash could have left, from which a
// start goes on (ARCHITECTURE.md, "The path of a checkout"). So a gate stands before these calls;
// it closes for the few milliseconds that it takes to fix two snapshots, and checkouts wait there.
//
// A call that ran into its deadline may still do its work at productd later. orderd counts its
// outcome as unknown, so that the rule above holds for it too.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "api/stores.hpp"
#include "orderd/counterpart.hpp"

namespace shop::orders {

// Open to many at once, or closed to all but one.
class Gate {
public:
    // Waits while it is closed; inside until its end.
    class Inside {
    public:
        explicit Inside(Gate& gate) : gate_(gate) { gate_.enter(); }
        ~Inside() { gate_.leave(); }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

    private:
        Gate& gate_;
    };
    // Closes it, waits until everybody inside has left, runs `work`, opens it again. unavailable
    // where somebody stays for longer than `patience`; `work` does not run then.
    Result<void> closed(std::chrono::milliseconds patience,
                        const std::function<Result<void>()>& work);

private:
    void enter();
    void leave();

    std::mutex mutex_;
    std::condition_variable news_;
    int inside_ = 0;       // guarded by mutex_
    bool closed_ = false;  // guarded by mutex_
};

// How long the gate waits for the calls that are under way: they have their own deadline.
inline constexpr std::chrono::milliseconds kGatePatience{3000};

// Has productd's snapshot taken, and then this service's by `take`, at one cut.
Result<api::StoreSnapshot> take_at_one_cut(Gate& gate, Counterpart& productd,
                                           const events::Origin& by, const std::string& id,
                                           const std::function<Result<api::StoreSnapshot>()>& take);

}  // namespace shop::orders
