#include "orderd/order.hpp"
#include "orderd/routes.hpp"

namespace shop::orders {
namespace {

using api::Order;
using runtime::Call;
using runtime::Reply;

Reply order_reply(const Order& order) {
    auto reply = Reply::json(order);
    reply.etag(order.version);
    return reply;
}

Reply created_reply(const Order& order) {
    auto reply = order_reply(order);
    reply.location("/v1/orders/" + order.id);
    return reply;
}

Result<Reply> order_create(OrderApp& app, Call& call) {
    SHOP_TRY(kept, call.kept_answer());
    if (kept) return std::move(*kept);
    SHOP_TRY(asked, call.body<api::NewOrder>());
    return check_out(app, call, call.idempotency_key(), asked.note, created_reply);
}

Result<Reply> order_list(OrderApp& app, Call& call) {
    SHOP_TRY(query, call.query<api::OrderQuery>());
    SHOP_TRY(filter, filter_of(call.principal(), query));
    return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
        const Page page = list_orders(app.tables(), snapshot, filter);
        return page_reply(call, page.items, page.next_cursor);
    });
}

Result<Reply> order_get(OrderApp& app, Call& call) {
    return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(order, find_order(app.tables(), snapshot, call.principal(), call.param("order")));
        auto reply = Reply::bytes(app.tables().orders.raw(snapshot, order.id).value());
        reply.etag(order.version);
        return reply;
    });
}

Result<Reply> order_cancel(OrderApp& app, Call& call) {
    SHOP_TRY(asked, call.body<api::CancelOrder>());
    std::string id;
    auto reply = call.commit([&](events::Change& change) -> Result<Reply> {
        SHOP_TRY(order,
                 find_order(app.tables(), change.tx(), call.principal(), call.param("order")));
        SHOP_CHECK(may_cancel(call.principal(), order));
        SHOP_CHECK(cancel_order(app.tables(), change, order, asked.reason));
        id = order.id;
        return order_reply(order);
    });
    // At once where productd answers; where it does not, the resumer sees to it.
    if (reply && !id.empty()) (void)app.saga().release(call.origin(), id);
    return reply;
}

Result<Reply> order_fulfil(OrderApp& app, Call& call) {
    return call.commit([&](events::Change& change) -> Result<Reply> {
        SHOP_TRY(order,
                 find_order(app.tables(), change.tx(), call.principal(), call.param("order")));
        SHOP_CHECK(move_order(app.tables(), change, order, state::kFulfilled));
        return order_reply(order);
    });
}

Result<Reply> sales_get(OrderApp& app, Call& call) {
    SHOP_TRY(query, call.query<api::SalesQuery>());
    SHOP_TRY(json, app.sales().report(query.days));
    return Reply::bytes(json);
}

}  // namespace

Result<Reply> check_out(OrderApp& app, Call& call, std::string_view key, const std::string& note,
                        const std::function<Reply(const Order&)>& answer) {
    const auto& buyer = call.principal();
    // Held until the end: the resumer leaves this customer's checkout alone meanwhile.
    const auto turn = app.saga().take_turn(buyer.user_id);
    if (!turn) return tl::make_unexpected(turn.error());
    const CheckoutRequest request{buyer, checkout_key(buyer.user_id, key), note};
    SHOP_TRY(order_id, app.saga().prepare(call.origin(), request));
    return call.commit([&](events::Change& change) -> Result<Reply> {
        SHOP_TRY(order, place_order(app.tables(), change, order_id, app.parts().currency));
        return answer(order);
    });
}

void bind_order_routes(OrderApp& app) {
    const auto bind = [&](std::string_view id, Result<Reply> (*handler)(OrderApp&, Call&)) {
        app.service().bind(id, [&app, handler](Call& call) { return handler(app, call); });
    };
    bind("order_create", order_create);
    bind("order_list", order_list);
    bind("order_get", order_get);
    bind("order_cancel", order_cancel);
    bind("order_fulfil", order_fulfil);
    bind("sales_get", sales_get);
}

}  // namespace shop::orders
