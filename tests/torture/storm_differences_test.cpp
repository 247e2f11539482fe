// The kill storm's comparison finds what it is for: each of these shops has one thing wrong.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "torture/storm_books.hpp"

using namespace shop;
using namespace shop::torture;

namespace {

// A shop that sold two pieces, took back three of a cancelled order and refused a checkout.
struct SmallShop {
    OutsideLog log;
    StormBooks books;

    SmallShop();
    void event(Service service, const char* type, const std::string& subject) {
        auto& feed = books.events[service];
        feed.push_back({.seq = std::ssize(feed) + 1, .type = type, .subject = subject});
    }
    void move(const char* kind, std::int64_t quantity, const std::string& order) {
        auto& book = books.products["lamp"];
        book.level.on_hand = book.level.available = book.level.on_hand + quantity;
        book.movements.insert(book.movements.begin(), {.id = std::to_string(book.movements.size()),
                                                       .product_id = "lamp",
                                                       .kind = kind,
                                                       .quantity = quantity,
                                                       .on_hand = book.level.on_hand,
                                                       .reference = order});
    }
    void order(const std::string& id, const char* state, std::int64_t quantity) {
        api::Order out{.id = id, .number = std::ssize(books.orders) + 1, .user_id = "ada"};
        out.state = state;
        out.note = "key of " + id;
        out.lines.push_back({.product_id = "lamp", .quantity = quantity});
        event(Service::orderd, "order.pending", id);
        books.orders.push_back(std::move(out));
    }
    void place(std::size_t at) {
        auto& out = books.orders[at];
        out.placed_at = Time{};
        event(Service::orderd, "order.placed", out.id);
        move("sale", -out.lines[0].quantity, out.id);
        const bool cancelled = out.state == "cancelled";
        log.buyers[0].orders.push_back({out, cancelled});
        if (!cancelled) return;
        event(Service::orderd, "order.cancelled", out.id);
        move("return", out.lines[0].quantity, out.id);
    }
};

SmallShop::SmallShop() {
    api::User admin{.id = "root", .number = 1}, ada{.id = "ada", .number = 2};
    books.users = {admin, ada};
    books.sessions["ada"] = ada;
    for (const auto& user : books.users) event(Service::userd, "user.created", user.id);
    log.accounts.push_back({ada, "token"});
    log.initial["lamp"] = 10;
    move("receive", 10, "");
    books.products["lamp"].movements[0].reason = "initial stock";
    move("receive", 5, "");
    log.receipts.push_back(books.products["lamp"].movements[0]);
    log.buyers.push_back({.user_id = "ada", .refused = {"key of refused"}, .cart = {{"lamp", 1}}});
    books.carts["ada"] = {{"lamp", 1}};
    order("sold", "placed", 2);
    place(0);
    order("back", "cancelled", 3);
    place(1);
    order("refused", "cancelled", 1);
    event(Service::orderd, "order.cancelled", "refused");
}

struct Harm {
    const char* name;
    const char* words;  // of the difference
    void (*apply)(SmallShop&);
};

// The last product movement that an order made.
api::StockMovement& last_movement(SmallShop& shop) {
    return shop.books.products["lamp"].movements.front();
}

const std::vector<Harm> kOrderHarms = {
    {"a lost order", "was acknowledged and is lost",
     [](SmallShop& shop) { shop.books.orders.erase(shop.books.orders.begin()); }},
    {"an order the shop does not know", "order unknown was acknowledged and is lost",
     [](SmallShop& shop) {
         shop.log.buyers[0].orders.push_back(shop.log.buyers[0].orders[0]);
         shop.log.buyers[0].orders.back().order.id = "unknown";
     }},
    {"an order twice", "order sold is there twice",
     [](SmallShop& shop) { shop.books.orders.push_back(shop.books.orders[0]); }},
    {"a second order under a key",
     "order second was placed under key key of sold, which was answered with sold",
     [](SmallShop& shop) {
         shop.order("second", "placed", 2);
         shop.books.orders.back().note = "key of sold";
         shop.books.orders.back().placed_at = Time{};
         shop.event(Service::orderd, "order.placed", "second");
         shop.move("sale", -2, "second");
         shop.move("receive", 2, "");
         shop.log.receipts.push_back(last_movement(shop));
         shop.log.initial["lamp"] -= 2;
     }},
    {"a refused checkout that was placed", "which was refused",
     [](SmallShop& shop) { shop.books.orders[2].placed_at = Time{}; }},
    {"a pending order", "order refused is still pending",
     [](SmallShop& shop) { shop.books.orders[2].state = "pending"; }},
    {"a number twice", "order number 3 is lost or there twice",
     [](SmallShop& shop) { shop.books.orders[2].number = 2; }},
    {"a cancellation that is lost", "order back is placed, not cancelled",
     [](SmallShop& shop) { shop.books.orders[1].state = "placed"; }},
    {"another total", "order sold was {",
     [](SmallShop& shop) { shop.books.orders[0].total.amount += 1; }},
    {"other lines", "order sold was {",
     [](SmallShop& shop) { shop.books.orders[0].lines[0].sku = "other"; }},
    {"an answer that nobody may get", "internal",
     [](SmallShop& shop) { shop.log.faults = {"internal"}; }},
};

const std::vector<Harm> kStockHarms = {
    {"pieces sold twice", "lamp: 11 on hand, and 13 by what was acknowledged",
     [](SmallShop& shop) { shop.move("sale", -2, "sold"); }},
    {"pieces sold twice and found again", "were sold 2 times",
     [](SmallShop& shop) {
         shop.move("sale", -2, "sold");
         shop.move("adjust", 2, "");
     }},
    {"pieces that did not come back", "were sold 1 times and came back 0 times",
     [](SmallShop& shop) {
         auto& book = shop.books.products["lamp"];
         book.movements.erase(book.movements.begin());
         book.level.on_hand = book.level.available = book.movements.front().on_hand;
     }},
    {"pieces that are still held", "lamp: 1 still reserved",
     [](SmallShop& shop) { shop.books.products["lamp"].level.reserved = 1; }},
    {"a ledger that skips", "and the ledger 13",
     [](SmallShop& shop) { last_movement(shop).on_hand += 1; }},
    {"a level beside the ledger", "the ledger's sum is 13",
     [](SmallShop& shop) { shop.books.products["lamp"].level.on_hand += 1; }},
    {"a lost receipt", "receipt lost was acknowledged and is lost",
     [](SmallShop& shop) { shop.log.receipts.push_back({.id = "lost", .quantity = 0}); }},
    {"a receipt that nobody booked", "1 receipts were acknowledged, and 2 are there",
     [](SmallShop& shop) {
         shop.move("receive", 1, "");
         shop.move("adjust", -1, "");
     }},
};

const std::vector<Harm> kOtherHarms = {
    {"a hole in a feed", "the feed of productd has 0 where 1 belongs",
     [](SmallShop& shop) { shop.books.events[Service::productd] = {{}}; }},
    {"an event twice", "orderd: 3 events order.placed, and it happened 2 times",
     [](SmallShop& shop) { shop.event(Service::orderd, "order.placed", "sold"); }},
    {"a lost event", "orderd: 1 events order.cancelled, and it happened 2 times",
     [](SmallShop& shop) { shop.books.events[Service::orderd].back().type = "other"; }},
    {"a lost change of a cart", "the cart of ada has other pieces",
     [](SmallShop& shop) { shop.books.carts["ada"].clear(); }},
    {"a lost account", "was acknowledged and is lost or another one",
     [](SmallShop& shop) { shop.books.users[1].id = "bob"; }},
    {"a lost session", "the session of", [](SmallShop& shop) { shop.books.sessions.clear(); }},
    {"an account twice", "2 accounts were made, and 3 are there",
     [](SmallShop& shop) {
         shop.books.users.push_back({.id = "again", .number = 3});
         shop.event(Service::userd, "user.created", "again");
     }},
};

}  // namespace

TEST_CASE("kill storm: the comparison finds nothing where nothing is wrong") {
    const SmallShop shop;
    CHECK(differences(shop.log, shop.books) == std::vector<std::string>{});
}

TEST_CASE("kill storm: the comparison finds each thing that may be wrong") {
    for (const auto* harms : {&kOrderHarms, &kStockHarms, &kOtherHarms}) {
        for (const auto& harm : *harms) {
            INFO(harm.name);
            SmallShop shop;
            harm.apply(shop);
            const auto found = differences(shop.log, shop.books);
            CHECK_THAT(fmt::format("{}", fmt::join(found, "\n")), Catch::Contains(harm.words));
        }
    }
}
