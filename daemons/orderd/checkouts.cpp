#include "orderd/checkouts.hpp"

#include <fmt/format.h>

#include <cassert>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "orderd/cart.hpp"
#include "orderd/order.hpp"

namespace shop::orders {
namespace {

using api::Order;

// Old records go as new ones come, a few at a time, so that they never pile up.
constexpr std::size_t kSweptAtOnce = 4;

Result<void> put_checkout(const Tables& tables, store::Transaction& tx, Checkout checkout,
                          Time now) {
    checkout.updated_at = now;
    return tables.checkouts.put(tx, checkout);
}

void sweep(const Tables& tables, events::Change& change) {
    for (const auto& id : checkouts_at(tables, change.tx(), step::kDone, kSweptAtOnce)) {
        const auto old = tables.checkouts.get(change.tx(), id);
        if (old->updated_at + limits::kIdempotencyKeep < change.now())
            tables.checkouts.erase(change.tx(), id);
    }
}

Order order_of(const CheckoutRequest& request, const api::Cart& cart, Time now) {
    Order order;
    order.id = new_id("ord");
    order.user_id = request.buyer.user_id;
    order.user_number = request.buyer.number;
    order.username = request.buyer.username;
    order.state = state::kPending;
    order.lines = cart.lines;
    order.total = cart.total;
    order.note = request.note;
    order.created_at = order.updated_at = now;
    return order;
}

// An unchanged cart is emptied. Of one that was changed during checkout goes what was ordered.
Result<void> take_from_cart(const Tables& tables, events::Change& change, const Order& order,
                            std::int64_t cart_version, const std::string& currency) {
    auto cart = load_cart(tables, change.tx(), order.user_id, currency);
    if (cart.version == cart_version)
        cart.lines.clear();
    else
        subtract(cart, order.lines);
    return save_cart(tables, change, cart, currency);
}

Refusal to_refusal(const Error& error) {
    Refusal refusal{std::string(info(error.code).name), error.message, {}};
    for (const auto& field : error.fields) refusal.fields.push_back({field.pointer, field.message});
    return refusal;
}

}  // namespace

std::string checkout_key(std::string_view user_id, std::string_view idempotency_key) {
    return sha256_hex(fmt::format("{}\n{}", user_id, idempotency_key));
}

Result<Order> begin_checkout(const Tables& tables, events::Change& change,
                             const CheckoutRequest& request, const api::Cart& cart) {
    auto& tx = change.tx();
    if (tables.checkouts.lookup(tx, "open", cart.user_id))
        return Failure(Error{Code::conflict,
                             "An earlier checkout of yours is still being completed; try again in "
                             "a moment.",
                             {},
                             1});
    const auto stored = tables.carts.get(tx, cart.user_id);
    if (!stored || stored->version != cart.version)
        return fail(Code::conflict,
                    "Your cart was changed during the checkout; look at it and check out again.");
    sweep(tables, change);
    Order order = order_of(request, cart, change.now());
    order.number = store::next_number(tx, tables.counters, "order");
    SHOP_CHECK(tables.orders.put(tx, order));
    Checkout checkout{order.id, order.user_id, request.key, std::string(step::kOpen), cart.version};
    SHOP_CHECK(put_checkout(tables, tx, std::move(checkout), change.now()));
    change.emit("order.pending", order.id, schema::encode(order), nullptr);
    return order;
}

Result<Order> place_order(const Tables& tables, events::Change& change, const std::string& order_id,
                          const std::string& currency) {
    auto& tx = change.tx();
    auto order = tables.orders.get(tx, order_id);
    auto checkout = tables.checkouts.get(tx, order_id);
    assert(order && checkout);
    if (order->state == state::kCancelled)
        return tl::make_unexpected(refusal_of(*checkout, *order));
    if (order->state != state::kPending) return std::move(*order);
    SHOP_CHECK(move_order(tables, change, *order, state::kPlaced));
    SHOP_CHECK(take_from_cart(tables, change, *order, checkout->cart_version, currency));
    checkout->step = step::kDone;
    SHOP_CHECK(put_checkout(tables, tx, std::move(*checkout), change.now()));
    return std::move(*order);
}

Result<void> call_off(const Tables& tables, events::Change& change, const std::string& order_id,
                      const CallOff& why) {
    auto& tx = change.tx();
    auto order = tables.orders.get(tx, order_id);
    auto checkout = tables.checkouts.get(tx, order_id);
    assert(order && checkout);
    if (order->state != state::kPending) return {};
    order->reason = why.reason;
    SHOP_CHECK(move_order(tables, change, *order, state::kCancelled));
    checkout->step = why.release ? step::kReleasing : step::kDone;
    if (why.keep)
        checkout->refusal = to_refusal(why.answer);
    else
        checkout->key.clear();
    return put_checkout(tables, tx, std::move(*checkout), change.now());
}

Error refusal_of(const Checkout& checkout, const Order& order) {
    if (!checkout.refusal)
        return {Code::conflict, fmt::format("Order {} was cancelled ({}); check out again with "
                                            "another Idempotency-Key.",
                                            order.number, order.reason)};
    Error error{code_named(checkout.refusal->code), checkout.refusal->message};
    for (const auto& field : checkout.refusal->fields)
        error.fields.push_back({field.pointer, field.message});
    return error;
}

Result<void> queue_release(const Tables& tables, events::Change& change, const Order& order) {
    // The record of the order's checkout may have been swept since.
    auto checkout = tables.checkouts.get(change.tx(), order.id)
                        .value_or(Checkout{.order_id = order.id, .user_id = order.user_id});
    checkout.step = step::kReleasing;
    return put_checkout(tables, change.tx(), std::move(checkout), change.now());
}

Result<void> note_released(const Tables& tables, store::Transaction& tx,
                           const std::string& order_id) {
    auto checkout = tables.checkouts.get(tx, order_id);
    if (!checkout || checkout->step != step::kReleasing) return {};
    checkout->step = step::kDone;
    return tables.checkouts.put(tx, *checkout);
}

std::vector<std::string> checkouts_at(const Tables& tables, const store::Snapshot& snapshot,
                                      std::string_view step, std::size_t count_max) {
    std::vector<std::string> ids;
    tables.checkouts.walk_equal(snapshot, "step", step, {}, false,
                                [&](std::string_view order_id, std::string_view) {
                                    if (ids.size() == count_max) return false;
                                    ids.emplace_back(order_id);
                                    return true;
                                });
    return ids;
}

}  // namespace shop::orders
