#include <fmt/format.h>

#include "api/course.hpp"
#include "base/random.hpp"
#include "orderd/cart.hpp"
#include "orderd/order.hpp"
#include "orderd/routes.hpp"

namespace shop::orders {
namespace {

using api::Line;
using runtime::Call;
using runtime::Reply;

// A list of the course has no pages; a shop with more orders than this has /v1.
constexpr std::size_t kOrdersMax = 10'000;
constexpr std::size_t kKeyBytes = 16;

// ORDER of the course. An open one is our cart.
Json course_order(const std::vector<Line>& lines, bool is_open, std::int64_t user_number) {
    Json items = Json::array();
    for (const auto& line : lines)
        items.push_back({{"product", line.product_number}, {"quantity", line.quantity}});
    return Json{{"items", std::move(items)}, {"is_open", is_open}, {"user_id", user_number}};
}

Reply open_reply(const api::Cart& cart) {
    return Reply::bytes(dump(Json{{"result", course_order(cart.lines, true, cart.user_number)}}));
}

Reply closed_reply(const api::Order& order) {
    return Reply::bytes(
        dump(Json{{"result", course_order(order.lines, false, order.user_number)}}));
}

Result<api::Cart> open_order(OrderApp& app, Call& call) {
    api::Cart cart;
    SHOP_CHECK(app.store().read([&](const store::Snapshot& snapshot) -> Result<void> {
        cart = load_cart(app.tables(), snapshot, call.principal().user_id, app.parts().currency);
        return {};
    }));
    return cart;
}

Result<Reply> add_item(OrderApp& app, Call& call) {
    SHOP_TRY(asked, call.body<api::course::AddItem>());
    const api::AddLine line{fmt::format("number:{}", asked.product_id), asked.qty};
    auto reply = add_to_cart(app, call, line, open_reply);
    if (!reply && reply.error().code == Code::not_found)
        return fail_field("product_id", "there is no such product");
    return reply;
}

Result<Reply> course_order(OrderApp& app, Call& call) {
    SHOP_TRY(cart, open_order(app, call));
    if (cart.lines.empty()) return Reply::bytes(dump(Json{{"message", "No order found"}}));
    return open_reply(cart);
}

// The course's call carries no key, so that each one is a checkout of its own.
Result<Reply> checkout(OrderApp& app, Call& call) {
    SHOP_TRY(cart, open_order(app, call));
    if (cart.lines.empty()) return fail(Code::not_found, "No order found");
    return check_out(app, call, random_token(kKeyBytes), "", closed_reply);
}

// The course knows open orders and bought ones, so what is pending or cancelled is left out.
Result<Reply> orders(OrderApp& app, Call& call) {
    const auto& tables = app.tables();
    return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
        Json all = Json::array();
        const auto take = [&](Json order) {
            all.push_back(std::move(order));
            return all.size() < kOrdersMax;
        };
        tables.orders.walk(snapshot, "", "", false, [&](std::string_view id, std::string_view) {
            const auto order = *tables.orders.get(snapshot, id);
            const bool bought = order.state == state::kPlaced || order.state == state::kFulfilled;
            return !bought || take(course_order(order.lines, false, order.user_number));
        });
        tables.carts.walk(snapshot, "", "", false, [&](std::string_view id, std::string_view) {
            if (all.size() >= kOrdersMax) return false;
            const auto cart = *tables.carts.get(snapshot, id);
            return cart.lines.empty() || take(course_order(cart.lines, true, cart.user_number));
        });
        return Reply::bytes(dump(all));
    });
}

}  // namespace

void bind_course_routes(OrderApp& app) {
    const auto bind = [&](std::string_view id, Result<Reply> (*handler)(OrderApp&, Call&)) {
        app.service().bind(id, [&app, handler](Call& call) { return handler(app, call); });
    };
    bind("course_add_item", add_item);
    bind("course_order_get", course_order);
    bind("course_checkout", checkout);
    bind("course_orders", orders);
}

}  // namespace shop::orders
