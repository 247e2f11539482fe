#include "orderd/resume.hpp"

#include <algorithm>

#include "orderd/order.hpp"
#include "runtime/log.hpp"

namespace shop::orders {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 1s;
constexpr auto kPauseMax = 30s;
constexpr std::size_t kAtOnce = 100;

// Whether it is worth going on with the next one.
bool is_silence(const Result<void>& result) {
    return !result && result.error().code == Code::unavailable;
}

}  // namespace

bool Resumer::pass() {
    std::vector<std::string> open;
    std::vector<std::string> releasing;
    const auto& tables = saga_.parts().tables;
    const auto read =
        saga_.parts().store.read([&](const store::Snapshot& snapshot) -> Result<void> {
            open = checkouts_at(tables, snapshot, step::kOpen, kAtOnce);
            releasing = checkouts_at(tables, snapshot, step::kReleasing, kAtOnce);
            return {};
        });
    if (!read) return false;
    const events::Origin origin{.action = "pieces_release", .now = clock_.now()};
    for (const auto& order_id : releasing)
        if (is_silence(saga_.release(origin, order_id))) return false;
    for (const auto& order_id : open)
        if (!resume(order_id)) return false;
    return true;
}

// false: productd is silent.
bool Resumer::resume(const std::string& order_id) {
    const auto& parts = saga_.parts();
    std::optional<api::Order> order;
    const auto read_order = [&](const store::Snapshot& snapshot) -> Result<void> {
        order = parts.tables.orders.get(snapshot, order_id);
        return {};
    };
    if (!parts.store.read(read_order)) return true;
    if (order->created_at + kResumeAfter > clock_.now()) return true;
    const auto turn = saga_.take_turn(order->user_id);
    if (!turn) return true;
    // Read again: whoever had the turn before may have settled it.
    if (!parts.store.read(read_order) || order->state != state::kPending) return true;
    const events::Origin origin{.action = "checkout_resume", .now = clock_.now()};
    const auto owned = saga_.go_on(origin, *order);
    if (owned)
        place(origin, *order);
    else
        log::info("a pending checkout was not completed",
                  {{"order", order->number}, {"why", owned.error().message}});
    return !is_silence(owned);
}

void Resumer::place(const events::Origin& origin, const api::Order& order) {
    const auto& parts = saga_.parts();
    const auto placed = saga_.change(origin, [&](events::Change& change) -> Result<void> {
        SHOP_CHECK(place_order(parts.tables, change, order.id, parts.currency));
        return {};
    });
    if (placed)
        log::info("a pending checkout was completed", {{"order", order.number}});
    else
        log::warning("a pending checkout can't be completed",
                     {{"order", order.number}, {"why", placed.error().message}});
}

void Resumer::start() {
    rounds_.start([this, pause = Millis(kPause)](const std::stop_token&) mutable {
        pause = pass() ? Millis(kPause) : std::min<Millis>(pause * 2, kPauseMax);
        return pause;
    });
}

}  // namespace shop::orders
