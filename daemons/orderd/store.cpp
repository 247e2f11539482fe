#include "orderd/store.hpp"

#include <fmt/format.h>

namespace shop::schema {

using namespace shop::orders;

template <>
const StructType& type_of<RefusedField>() {
    static const StructType type{
        "RefusedField",
        "What was wrong with one field.",
        {
            field<&RefusedField::pointer>("pointer", "Which field."),
            field<&RefusedField::message>("message", "What is wrong with it."),
        }};
    return type;
}

template <>
const StructType& type_of<Refusal>() {
    static const StructType type{"Refusal",
                                 "Why a checkout came to nothing.",
                                 {
                                     field<&Refusal::code>("code", "Name of the error code."),
                                     field<&Refusal::message>("message", "For the customer."),
                                     field<&Refusal::fields>("fields", "Line by line."),
                                 }};
    return type;
}

template <>
const StructType& type_of<Checkout>() {
    static const StructType type{
        "Checkout",
        "What is still to be settled for an order.",
        {
            field<&Checkout::order_id>("order_id", "The order."),
            field<&Checkout::user_id>("user_id", "Whose it is."),
            field<&Checkout::key>("key", "Of the call that began it."),
            field<&Checkout::step>("step", "open, releasing or done."),
            field<&Checkout::cart_version>("cart_version", "Of the cart that was ordered."),
            field<&Checkout::refusal>("refusal", "The answer, where it came to nothing."),
            field<&Checkout::updated_at>("updated_at", "When it changed last."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::orders {
namespace {

using store::key_of;
using Keys = std::vector<std::string>;

store::Collection<api::Order> order_collection(store::Layout& layout) {
    using api::Order;
    store::Collection<Order> out(layout, "orders", [](const Order& o) { return o.id; });
    out.index_by("number", [](const Order& o) { return Keys{key_of(o.number)}; },
                 {true, "the number"});
    out.index_by("user", [](const Order& o) { return Keys{o.user_id}; });
    out.index_by("state", [](const Order& o) { return Keys{o.state}; });
    out.index_by("user_state",
                 [](const Order& o) { return Keys{user_state_key(o.user_id, o.state)}; });
    return out;
}

store::Collection<Checkout> checkout_collection(store::Layout& layout) {
    store::Collection<Checkout> out(layout, "checkouts",
                                    [](const Checkout& c) { return c.order_id; });
    out.index_by("key", [](const Checkout& c) { return c.key.empty() ? Keys{} : Keys{c.key}; },
                 {true, "the idempotency key"});
    out.index_by("open",
                 [](const Checkout& c) { return c.step == step::kOpen ? Keys{c.user_id} : Keys{}; },
                 {true, "the checkout"});
    out.index_by("step", [](const Checkout& c) { return Keys{c.step}; });
    return out;
}

}  // namespace

Tables::Tables()
    : carts(layout, "carts", [](const api::Cart& cart) { return cart.user_id; }),
      orders(order_collection(layout)),
      checkouts(checkout_collection(layout)),
      counters(layout.table("counters")),
      journal(layout) {}

std::string user_state_key(std::string_view user_id, std::string_view state) {
    return fmt::format("{} {}", user_id, state);
}

}  // namespace shop::orders
