#include <fmt/format.h>

#include "base/id.hpp"
#include "productd/products.hpp"
#include "productd/reservations.hpp"
#include "productd/routes.hpp"
#include "productd/stock.hpp"

namespace shop::products {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

Result<Reply> stock_get(const Tables& tables, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        const auto& ref = call.param("product");
        SHOP_TRY(id, find_id(tables, snapshot, ref));
        const auto level = level_bytes(tables, snapshot, id);
        if (!level)
            return fail(Code::not_found, fmt::format("the stock of {} is not tracked; it can "
                                                     "always be sold",
                                                     ref));
        return Reply::bytes(*level);
    });
}

Result<Reply> movement_list(const Tables& tables, Call& call) {
    SHOP_TRY(query, call.query<api::PageQuery>());
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(id, find_id(tables, snapshot, call.param("product")));
        SHOP_TRY(page, list_movements(tables, snapshot, id, query));
        return runtime::page_reply(call, page.items, page.next_cursor);
    });
}

Result<Reply> movement_create(const Tables& tables, Call& call) {
    SHOP_TRY(asked, call.body<api::StockMovement>());
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(product, find(tables, change.tx(), call.param("product")));
        SHOP_TRY(movement, book(tables, change, product, asked));
        return Reply::json(movement);
    });
}

Result<Reply> reservation_put(const Tables& tables, Call& call) {
    const std::string& order_id = call.param("order");
    if (!is_id(order_id, "ord"))
        return fail_field("order", "must be the id of an order, like ord_ and 32 hex digits");
    SHOP_TRY(asked, call.body<api::Reservation>());
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(reservation, hold(tables, change, order_id, asked));
        return Reply::json(reservation);
    });
}

Result<Reply> reservation_list(const Tables& tables, Call& call) {
    SHOP_TRY(query, call.query<api::ReservationQuery>());
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        std::vector<std::string> items;
        tables.reservations.walk(
            snapshot, "", query.after.value_or(""), false,
            [&](std::string_view order_id, std::string_view) {
                if (query.until && order_id > *query.until) return false;
                items.emplace_back(*tables.reservations.raw(snapshot, order_id));
                return std::ssize(items) < query.limit;
            });
        return runtime::page_reply(call, items, "");
    });
}

Result<Reply> reservation_get(const Tables& tables, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(reservation, find_reservation(tables, snapshot, call.param("order")));
        return Reply::json(reservation);
    });
}

Result<Reply> reservation_confirm(const Tables& tables, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(reservation, confirm(tables, change, call.param("order")));
        return Reply::json(reservation);
    });
}

Result<Reply> reservation_release(const Tables& tables, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(reservation, release(tables, change, call.param("order"), "cancelled"));
        return Reply::json(reservation);
    });
}

}  // namespace

void bind_stock_routes(runtime::Service& service, const Tables& tables) {
    const auto bind = [&](std::string_view id, auto* handler) {
        service.bind(id, [&tables, handler](Call& call) { return handler(tables, call); });
    };
    bind("stock_get", stock_get);
    bind("stock_movement_list", movement_list);
    bind("stock_movement_create", movement_create);
    bind("reservation_put", reservation_put);
    bind("reservation_list", reservation_list);
    bind("reservation_get", reservation_get);
    bind("reservation_confirm", reservation_confirm);
    bind("reservation_release", reservation_release);
}

}  // namespace shop::products
