#include "orderd/order_check.hpp"

#include <algorithm>
#include <map>

#include "base/limits.hpp"
#include "orderd/order.hpp"

namespace shop::orders {
namespace {

using api::Order;
using api::Reservation;

// An order and what is still to be settled for it.
struct OrderSeen {
    Order order;
    std::string step;  // of its checkout; empty: there is none
};
struct OrderPage {
    std::vector<OrderSeen> orders;
    std::string next;
};

OrderPage orders_behind(const Tables& tables, const store::Snapshot& snapshot,
                        std::string_view after) {
    OrderPage page;
    std::string last;
    std::size_t seen = 0;
    tables.orders.walk(snapshot, "", after, false, [&](std::string_view id, std::string_view) {
        last = id;
        ++seen;
        auto order =
            schema::decode_text<Order>(*tables.orders.raw(snapshot, id), schema::Mode::stored);
        // One that can't be read is the collection's own fault.
        if (order) {
            const auto bytes = tables.checkouts.raw(snapshot, id).value_or("");
            const auto checkout = schema::decode_text<Checkout>(bytes, schema::Mode::stored);
            page.orders.push_back({std::move(*order), checkout ? checkout->step : ""});
        }
        return seen < limits::kPageItemsMax;
    });
    if (seen == limits::kPageItemsMax) page.next = last;
    return page;
}

bool has_same_lines(const Order& order, const Reservation& reservation) {
    return std::ranges::is_permutation(
        order.lines, reservation.lines, [](const auto& line, const auto& held) {
            return line.product_id == held.product_id && line.quantity == held.quantity;
        });
}

// What does not fit; empty: all does. A held reservation of a cancelled order ends by itself.
std::string problem_of(const OrderSeen& seen, const Reservation* reservation) {
    const std::string& state = seen.order.state;
    if (state == state::kPending)
        return seen.step == step::kOpen ? "" : "it is pending and no checkout drives it on";
    if (state == state::kCancelled) {
        const bool sold = reservation && reservation->state == "confirmed";
        return sold && seen.step != step::kReleasing
                   ? "it is cancelled, but its pieces are still sold at productd"
                   : "";
    }
    if (!reservation) return "it is " + state + " and productd has no reservation for it";
    if (reservation->state != "confirmed")
        return "it is " + state + ", but its reservation is " + reservation->state;
    if (!has_same_lines(seen.order, *reservation))
        return "its lines are not those of its reservation";
    return "";
}

store::CheckPage compare(const OrderPage& orders, const std::vector<Reservation>& reservations) {
    store::CheckPage page{.examined = orders.orders.size() + reservations.size(),
                          .next = orders.next};
    std::map<std::string_view, const Reservation*> by_order;
    for (const auto& reservation : reservations) by_order[reservation.order_id] = &reservation;
    for (const auto& seen : orders.orders) {
        const auto found = by_order.find(seen.order.id);
        const Reservation* own = found == by_order.end() ? nullptr : found->second;
        if (own) by_order.erase(found);
        if (auto problem = problem_of(seen, own); !problem.empty())
            page.faults.push_back({seen.order.id, std::move(problem)});
    }
    for (const auto& [order_id, reservation] : by_order)
        if (reservation->state != "released")
            page.faults.push_back({std::string(order_id), "productd has a " + reservation->state +
                                                              " reservation and there is no such "
                                                              "order"});
    return page;
}

Result<store::CheckPage> look(const OrderCheckParts& parts, const events::Origin& by,
                              std::string_view after) {
    OrderPage orders;
    SHOP_CHECK(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        orders = orders_behind(parts.tables, snapshot, after);
        return {};
    }));
    SHOP_TRY(reservations, parts.productd.reservations(by, {std::string(after), orders.next}));
    return compare(orders, reservations);
}

}  // namespace

runtime::StorePart reservations_part(const OrderCheckParts& parts) {
    return {"reservations",
            [parts](const events::Origin& by, std::string_view after,
                    bool) -> Result<store::CheckPage> {
                auto page = look(parts, by, after);
                if (!page || page->faults.empty()) return page;
                SHOP_CHECK(parts.gate.closed(kGatePatience, [&]() -> Result<void> {
                    page = look(parts, by, after);
                    return {};
                }));
                return page;
            }};
}

}  // namespace shop::orders
