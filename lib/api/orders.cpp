#include "api/orders.hpp"

#include "api/course.hpp"
#include "api/endpoint.hpp"
#include "api/sales.hpp"
#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<Line>() {
    static const StructType type{
        "Line",
        "One product in a cart or an order, with name and price as they were at that moment.",
        {
            field<&Line::product_id>("product_id", "Which product.", ReadOnly{}),
            field<&Line::product_number>("product_number", "Its number.", ReadOnly{}),
            field<&Line::sku>("sku", "Its SKU.", ReadOnly{}),
            field<&Line::name>("name", "Its name then.", ReadOnly{}),
            field<&Line::unit_price>("unit_price", "Its price then.", ReadOnly{}),
            field<&Line::quantity>("quantity", "How many.", ReadOnly{}),
            field<&Line::total>("total", "quantity times unit_price.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<Cart>() {
    static const StructType type{
        "Cart",
        "What a customer is about to buy. Everybody has exactly one.",
        {
            field<&Cart::user_id>("user_id", "Whose it is.", ReadOnly{}),
            field<&Cart::user_number>("user_number", "That user's number.", ReadOnly{}),
            field<&Cart::lines>("lines", "What is in it.", ReadOnly{}),
            field<&Cart::total>("total", "Sum of the lines.", ReadOnly{}),
            field<&Cart::version>("version", "Goes up with each change.", ReadOnly{}),
            field<&Cart::updated_at>("updated_at", "When it changed last.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<AddLine>() {
    static const StructType type{
        "AddLine",
        "Pieces to put into the cart.",
        {
            field<&AddLine::product>("product", "Id, slug, SKU or number.", Required{},
                                     Length{1, 100}, Example{"\"85123A\""}),
            field<&AddLine::quantity>("quantity", "How many more.", Range{1, limits::kQuantityMax}),
        }};
    return type;
}

template <>
const StructType& type_of<SetLine>() {
    static const StructType type{
        "SetLine",
        "How many pieces a line should have.",
        {field<&SetLine::quantity>("quantity", "How many; 0 takes the line out.", Required{},
                                   Range{0, limits::kQuantityMax})}};
    return type;
}

template <>
const StructType& type_of<Order>() {
    static const StructType type{
        "Order",
        "What was bought. Its lines never change.",
        {
            field<&Order::id>("id", "The order's id.", ReadOnly{}),
            field<&Order::number>("number", "A small number for people.", ReadOnly{}),
            field<&Order::user_id>("user_id", "Who bought.", ReadOnly{}),
            field<&Order::user_number>("user_number", "That user's number.", ReadOnly{}),
            field<&Order::username>("username", "That user's name then.", ReadOnly{}),
            field<&Order::state>("state",
                                 "pending: checkout is under way; then placed; then "
                                 "fulfilled or cancelled.",
                                 ReadOnly{},
                                 OneOf{{"pending", "placed", "fulfilled", "cancelled"}}),
            field<&Order::lines>("lines", "What was bought.", ReadOnly{}),
            field<&Order::total>("total", "Sum of the lines.", ReadOnly{}),
            field<&Order::note>("note", "From the buyer.", ReadOnly{}),
            field<&Order::reason>("reason", "Why it was cancelled.", ReadOnly{}),
            field<&Order::version>("version", "Goes up with each change; the ETag.", ReadOnly{}),
            field<&Order::created_at>("created_at", "When checkout began.", ReadOnly{}),
            field<&Order::updated_at>("updated_at", "When it changed last.", ReadOnly{}),
            field<&Order::placed_at>("placed_at", "When it was placed.", ReadOnly{}),
            field<&Order::fulfilled_at>("fulfilled_at", "When it was sent.", ReadOnly{}),
            field<&Order::cancelled_at>("cancelled_at", "When it was cancelled.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<OrderPage>() {
    static const StructType type{"OrderPage", "One page of orders, newest first.",
                                 page_fields<OrderPage>()};
    return type;
}

template <>
const StructType& type_of<OrderQuery>() {
    static const StructType type{
        "OrderQuery", "Which orders.",
        with_paging<OrderQuery>({
            field<&OrderQuery::state>("state", "Only this state.",
                                      OneOf{{"pending", "placed", "fulfilled", "cancelled"}}),
            field<&OrderQuery::user>("user",
                                     "Only this user's (an id, or `me`); customers see "
                                     "their own in any case.",
                                     Length{1, 64}),
            field<&OrderQuery::q>("q",
                                  "Only with this number; for staff also those whose username "
                                  "holds this, in any case.",
                                  Length{1, 64}),
            field<&OrderQuery::since>("since", "Only created at this moment or later."),
            field<&OrderQuery::until>("until", "Only created before this moment."),
        })};
    return type;
}

template <>
const StructType& type_of<NewOrder>() {
    static const StructType type{
        "NewOrder",
        "A checkout of the cart.",
        {field<&NewOrder::note>("note", "Words for the shop.", Length{0, 500})}};
    return type;
}

template <>
const StructType& type_of<CancelOrder>() {
    static const StructType type{"CancelOrder",
                                 "A cancellation.",
                                 {field<&CancelOrder::reason>("reason", "Why.", Length{0, 200})}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {
namespace {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> cart_endpoints() {
    const auto* cart = &type_of<Cart>();
    return {
        {.id = "cart_get",
         .method = "GET",
         .path = "/v1/cart",
         .summary = "Get one's cart",
         .scope = scope::kCart,
         .response = cart},
        {.id = "cart_add",
         .method = "POST",
         .path = "/v1/cart/lines",
         .summary = "Put pieces into the cart",
         .scope = scope::kCart,
         .request = &type_of<AddLine>(),
         .response = cart,
         .idempotency = Idempotency::optional,
         .errors = {Code::not_found, Code::conflict, Code::unavailable}},
        {.id = "cart_set",
         .method = "PUT",
         .path = "/v1/cart/lines/{product}",
         .summary = "Set how many pieces a line has",
         .scope = scope::kCart,
         .request = &type_of<SetLine>(),
         .response = cart,
         .errors = {Code::not_found, Code::conflict, Code::unavailable}},
        {.id = "cart_remove",
         .method = "DELETE",
         .path = "/v1/cart/lines/{product}",
         .summary = "Take a line out of the cart",
         .scope = scope::kCart,
         .response = cart,
         .errors = {Code::not_found}},
        {.id = "cart_empty",
         .method = "DELETE",
         .path = "/v1/cart",
         .summary = "Empty the cart",
         .scope = scope::kCart,
         .status = 204},
    };
}

std::vector<Endpoint> order_endpoints() {
    const auto* order = &type_of<Order>();
    return {
        {.id = "order_create",
         .method = "POST",
         .path = "/v1/orders",
         .summary = "Check out: make an order of the cart",
         .scope = scope::kCart,
         .request = &type_of<NewOrder>(),
         .response = order,
         .status = 201,
         .idempotency = Idempotency::required,
         .errors = {Code::not_found, Code::conflict, Code::unavailable}},
        {.id = "order_list",
         .method = "GET",
         .path = "/v1/orders",
         .summary = "List one's orders, or everybody's (staff)",
         .scope = scope::kOrdersOwn,
         .query = &type_of<OrderQuery>(),
         .response = &type_of<OrderPage>()},
        {.id = "order_get",
         .method = "GET",
         .path = "/v1/orders/{order}",
         .summary = "Get an order by id or number",
         .scope = scope::kOrdersOwn,
         .response = order,
         .errors = {Code::not_found}},
        {.id = "order_cancel",
         .method = "POST",
         .path = "/v1/orders/{order}/cancel",
         .summary = "Cancel an order that was not sent yet",
         .scope = scope::kOrdersOwn,
         .request = &type_of<CancelOrder>(),
         .response = order,
         .idempotency = Idempotency::optional,
         .errors = {Code::not_found, Code::conflict, Code::unavailable}},
        {.id = "order_fulfil",
         .method = "POST",
         .path = "/v1/orders/{order}/fulfil",
         .summary = "Say that an order was sent",
         .scope = scope::kOrdersFulfil,
         .response = order,
         .idempotency = Idempotency::optional,
         .errors = {Code::not_found, Code::conflict}},
        {.id = "sales_get",
         .method = "GET",
         .path = "/v1/sales",
         .summary = "Get figures of what was sold",
         .scope = scope::kOrdersRead,
         .query = &type_of<SalesQuery>(),
         .response = &type_of<Sales>(),
         .errors = {Code::unavailable}},
    };
}

}  // namespace

const ServiceTable& orders_service() {
    static const ServiceTable table = [] {
        auto own = cart_endpoints();
        for (auto& row : order_endpoints()) own.push_back(std::move(row));
        return make_table("orderd", "Carts and orders", 5003, std::move(own),
                          course::orders_endpoints());
    }();
    return table;
}

}  // namespace shop::api
