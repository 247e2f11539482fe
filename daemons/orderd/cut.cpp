#include "orderd/cut.hpp"

namespace shop::orders {

void Gate::enter() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return !closed_; });
    ++inside_;
}

void Gate::leave() {
    const std::lock_guard lock(mutex_);
    --inside_;
    news_.notify_all();
}

Result<void> Gate::closed(std::chrono::milliseconds patience,
                          const std::function<Result<void>()>& work) {
    const auto end = std::chrono::steady_clock::now() + patience;
    std::unique_lock lock(mutex_);
    if (!news_.wait_until(lock, end, [this] { return !closed_; }))
        return fail(Code::unavailable, "Another backup or check is under way; try again.");
    closed_ = true;
    const bool empty = news_.wait_until(lock, end, [this] { return inside_ == 0; });
    lock.unlock();
    auto done = empty ? work()
                      : fail(Code::unavailable,
                             "The catalogue (productd) takes too long to answer the checkouts that "
                             "are under way; try again in a moment.");
    lock.lock();
    closed_ = false;
    news_.notify_all();
    return done;
}

Result<api::StoreSnapshot> take_at_one_cut(
    Gate& gate, Counterpart& productd, const events::Origin& by, const std::string& id,
    const std::function<Result<api::StoreSnapshot>()>& take) {
    Result<api::StoreSnapshot> taken;
    const auto done = gate.closed(kGatePatience, [&]() -> Result<void> {
        SHOP_CHECK(productd.take_snapshot(by, id));
        taken = take();
        return {};
    });
    if (!done) return tl::make_unexpected(done.error());
    return taken;
}

}  // namespace shop::orders
