#include "torture/storm_books.hpp"

namespace shop::torture {
namespace {

Result<ProductBook> read_product(StormCaller& admin, const std::string& id) {
    ProductBook book;
    SHOP_TRY(level, admin.call<api::StockLevel>(Service::productd, "stock_get", {id}));
    SHOP_TRY(movements,
             admin.list<api::StockMovementPage>(Service::productd, "stock_movement_list", {id}));
    return ProductBook{level, std::move(movements)};
}

// What is compared of them alone: there are hundreds of thousands.
Result<std::vector<api::Event>> read_events(StormCaller& admin, Service service) {
    std::vector<api::Event> events;
    for (;;) {
        const std::string after = std::to_string(events.empty() ? 0 : events.back().seq);
        SHOP_TRY(page, admin.call<api::EventPage>(service, "events", {},
                                                  {.query = {{"after", after}, {"limit", "200"}}}));
        for (auto& event : page.items)
            events.push_back({.seq = event.seq,
                              .type = std::move(event.type),
                              .subject = std::move(event.subject)});
        if (page.items.empty()) return events;
    }
}

// As its customer: nobody else sees a cart.
Result<void> read_account(const KilledShop& shop, const AcknowledgedAccount& account,
                          StormBooks& books) {
    const auto& user = account.user;
    StormCaller customer(shop, {user.username, {}});
    SHOP_CHECK(customer.go_on_with(account.refresh_token));
    books.sessions[user.id] = customer.session().user;
    SHOP_TRY(cart, customer.call<api::Cart>(Service::orderd, "cart_get", {}));
    books.carts[user.id] = pieces_of(cart.lines);
    return {};
}

}  // namespace

Pieces pieces_left(const OutsideLog& log) {
    Pieces left = log.initial;
    for (const auto& receipt : log.receipts) left[receipt.product_id] += receipt.quantity;
    for (const auto& buyer : log.buyers)
        for (const auto& [order, cancelled] : buyer.orders)
            for (const auto& line : order.lines)
                if (!cancelled) left[line.product_id] -= line.quantity;
    return left;
}

Result<bool> is_settled(StormCaller& admin, const OutsideLog& log) {
    SHOP_CHECK(admin.stay_signed_in());
    SHOP_TRY(pending, admin.call<api::OrderPage>(Service::orderd, "order_list", {},
                                                 {.query = {{"state", "pending"}}}));
    if (!pending.items.empty()) return false;
    for (const auto& [product, pieces] : pieces_left(log)) {
        SHOP_TRY(level, admin.call<api::StockLevel>(Service::productd, "stock_get", {product}));
        if (level.reserved != 0 || level.on_hand != pieces) return false;
    }
    return true;
}

Result<StormBooks> read_books(const KilledShop& shop, const OutsideLog& log) {
    StormCaller admin(shop, shop.admin());
    SHOP_CHECK(admin.sign_in());
    StormBooks books;
    // The feeds first: to take up a session is an event.
    for (const auto service : {Service::userd, Service::productd, Service::orderd}) {
        SHOP_TRY(events, read_events(admin, service));
        books.events[service] = std::move(events);
    }
    SHOP_TRY(orders, admin.list<api::OrderPage>(Service::orderd, "order_list", {}));
    books.orders = std::move(orders);
    SHOP_TRY(users, admin.list<api::UserPage>(Service::userd, "user_list", {}));
    books.users = std::move(users);
    for (const auto& [product, pieces] : log.initial) {
        SHOP_TRY(book, read_product(admin, product));
        books.products[product] = std::move(book);
    }
    for (const auto& account : log.accounts) SHOP_CHECK(read_account(shop, account, books));
    return books;
}

}  // namespace shop::torture
