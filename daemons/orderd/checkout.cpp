#include "orderd/checkout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orderd/cart.hpp"
#include "orderd/order.hpp"

namespace shop::orders {
namespace {

using api::Cart;
using api::Line;
using api::Order;
using api::Product;

constexpr std::string_view kNothingOrdered =
    "nothing was ordered, your cart is kept; try again in a moment";
constexpr std::string_view kBeingCompleted =
    "your order is being completed; the same call with the same Idempotency-Key tells the outcome";

bool is_answer(Code code) {
    return code == Code::conflict || code == Code::not_found || code == Code::invalid_argument;
}

const Product* product_of(const std::vector<Product>& products, const Line& line) {
    const auto found = std::ranges::find(products, line.product_id, &Product::id);
    return found == products.end() ? nullptr : &*found;
}

void note(Error& error, std::string pointer, std::string message) {
    if (!error.message.empty()) error.message += "; ";
    error.message += message;
    error.fields.push_back({std::move(pointer), std::move(message)});
}

// What is not for sale as it stands in the cart; without fields where all is well.
Error missing_lines(const Cart& cart, const std::vector<Product>& products,
                    const std::string& currency) {
    Error error{Code::conflict, {}};
    for (std::size_t i = 0; i < cart.lines.size(); ++i) {
        const Line& line = cart.lines[i];
        const Product* product = product_of(products, line);
        const auto pointer = fmt::format("/lines/{}/product_id", i);
        if (!product)
            note(error, pointer,
                 fmt::format("{} ({}) is not sold any more; take it out of the cart", line.name,
                             line.sku));
        else if (const auto sold = check_currency(*product, currency); !sold)
            note(error, pointer, sold.error().message);
    }
    return error;
}

Error changed_prices(const Cart& cart, const std::vector<Product>& products) {
    Error error{Code::conflict, {}};
    for (std::size_t i = 0; i < cart.lines.size(); ++i) {
        const Line& line = cart.lines[i];
        const Money& price = product_of(products, line)->price;
        if (price != line.unit_price)
            note(error, fmt::format("/lines/{}/unit_price", i),
                 fmt::format("{} was {} and is {} now", line.name, format_money(line.unit_price),
                             format_money(price)));
    }
    if (!error.fields.empty())
        error.message += ". Your cart is up to date: check out again to accept";
    return error;
}

CallOff no_pieces(Error error) {
    error.code = Code::conflict;
    error.message += "; change the cart and check out again";
    return {.reason = "not enough pieces", .answer = std::move(error)};
}

CallOff no_payment(Error error) {
    const bool refused = is_answer(error.code);
    return {.reason = "payment not authorised",
            .answer = std::move(error),
            .keep = refused,
            .release = true};
}

CallOff no_answer() {
    return {.reason = "the catalogue did not answer",
            .answer = catalogue_down(kNothingOrdered),
            .keep = false,
            .release = true};  // the call may have arrived all the same
}

CallOff too_late() {
    return {.reason = "the checkout took too long",
            .answer = {Code::conflict,
                       "The checkout took too long and the pieces are free again; nothing was "
                       "ordered, your cart is kept: check out again."}};
}

}  // namespace

Result<void> authorise_all(const Order&) { return {}; }

CheckoutSaga::Turn::~Turn() {
    if (!saga_) return;
    const std::lock_guard lock(saga_->mutex_);
    saga_->busy_.erase(user_id_);
}

Result<CheckoutSaga::Turn> CheckoutSaga::take_turn(const std::string& user_id) {
    const std::lock_guard lock(mutex_);
    if (!busy_.insert(user_id).second)
        return Failure(Error{
            Code::conflict, "A checkout of this cart is under way; try again in a moment.", {}, 1});
    return Turn(this, user_id);
}

Result<void> CheckoutSaga::change(const events::Origin& origin,
                                  const std::function<Result<void>(events::Change&)>& work) {
    return parts_.store.write([&](store::Transaction& tx) {
        events::Change change(tx, parts_.tables.journal, origin);
        return work(change);
    });
}

Result<std::string> CheckoutSaga::prepare(const events::Origin& origin,
                                          const CheckoutRequest& request) {
    std::optional<Checkout> known;
    std::optional<Order> order;
    SHOP_CHECK(parts_.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        known = parts_.tables.checkouts.get_by(snapshot, "key", request.key);
        if (known) order = parts_.tables.orders.get(snapshot, known->order_id);
        return {};
    }));
    if (known) return take_up(origin, request, *known, *order);
    SHOP_TRY(cart, checked_cart(origin));
    SHOP_CHECK(change(origin, [&](events::Change& change) -> Result<void> {
        SHOP_TRY(begun, begin_checkout(parts_.tables, change, request, cart));
        order = begun;
        return {};
    }));
    SHOP_CHECK(own_pieces(origin, *order, Attempt::first));
    return order->id;
}

// The same call again: it never makes a second order.
Result<std::string> CheckoutSaga::take_up(const events::Origin& origin,
                                          const CheckoutRequest& request, const Checkout& known,
                                          const Order& order) {
    if (order.note != request.note)
        return fail(Code::idempotency_mismatch,
                    "This Idempotency-Key belongs to a checkout with another note; use a new one.");
    if (order.state == state::kCancelled) return tl::make_unexpected(refusal_of(known, order));
    if (order.state == state::kPending) SHOP_CHECK(own_pieces(origin, order, Attempt::again));
    return order.id;
}

// The cart, if it can be bought as it stands.
Result<Cart> CheckoutSaga::checked_cart(const events::Origin& origin) {
    Cart cart;
    SHOP_CHECK(parts_.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        cart = load_cart(parts_.tables, snapshot, origin.principal.user_id, parts_.currency);
        return {};
    }));
    if (cart.lines.empty())
        return fail(Code::conflict, "Your cart is empty; put something into it first.");
    std::vector<std::string> ids;
    for (const auto& line : cart.lines) ids.push_back(line.product_id);
    const auto products = parts_.catalogue.find_many(origin, ids);
    if (!products) return Failure(catalogue_down(kNothingOrdered));
    if (auto missing = missing_lines(cart, *products, parts_.currency); !missing.fields.empty())
        return Failure(std::move(missing));
    if (auto changed = changed_prices(cart, *products); !changed.fields.empty()) {
        SHOP_CHECK(accept_prices(origin, *products));
        return Failure(std::move(changed));
    }
    return cart;
}

Result<void> CheckoutSaga::accept_prices(const events::Origin& origin,
                                         const std::vector<Product>& products) {
    return change(origin, [&](events::Change& change) -> Result<void> {
        auto cart =
            load_cart(parts_.tables, change.tx(), origin.principal.user_id, parts_.currency);
        for (auto& line : cart.lines)
            if (const Product* product = product_of(products, line)) refresh_line(line, *product);
        return save_cart(parts_.tables, change, cart, parts_.currency);
    });
}

Result<void> CheckoutSaga::go_on(const events::Origin& origin, const Order& order) {
    return own_pieces(origin, order, Attempt::again);
}

Result<void> CheckoutSaga::own_pieces(const events::Origin& origin, const Order& order,
                                      Attempt attempt) {
    const auto held = [&] {
        const Gate::Inside inside(parts_.gate);
        return parts_.catalogue.reserve(origin, order);
    }();
    if (!held) return not_held(origin, order, held.error(), attempt);
    if (const auto paid = parts_.authorise(order); !paid)
        return give_up(origin, order, no_payment(paid.error()));
    const auto sold = [&] {
        const Gate::Inside inside(parts_.gate);
        return parts_.catalogue.confirm(origin, order.id);
    }();
    if (sold) return {};
    if (is_answer(sold.error().code)) return give_up(origin, order, too_late());
    // Whether the pieces are sold is not known. The order stays pending until productd says it.
    return Failure(catalogue_down(kBeingCompleted));
}

Failure CheckoutSaga::not_held(const events::Origin& origin, const Order& order, Error error,
                               Attempt attempt) {
    if (is_answer(error.code)) return give_up(origin, order, no_pieces(std::move(error)));
    if (attempt == Attempt::first) return give_up(origin, order, no_answer());
    // An attempt before may have come further, and its caller was told that it would be completed.
    return Failure(catalogue_down(kBeingCompleted));
}

// Cancels the order and gives the answer to the customer. resume.hpp gives the pieces back.
Failure CheckoutSaga::give_up(const events::Origin& origin, const Order& order,
                              const CallOff& why) {
    const auto done = change(origin, [&](events::Change& change) {
        return call_off(parts_.tables, change, order.id, why);
    });
    return Failure(done ? why.answer : done.error());
}

Result<void> CheckoutSaga::release(const events::Origin& origin, const std::string& order_id) {
    {
        const Gate::Inside inside(parts_.gate);
        SHOP_CHECK(parts_.catalogue.release(origin, order_id));
    }
    return parts_.store.write(
        [&](store::Transaction& tx) { return note_released(parts_.tables, tx, order_id); });
}

}  // namespace shop::orders
