#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "schema/codec.hpp"
#include "torture/storm_books.hpp"

namespace shop::torture {
namespace {

class Findings {
public:
    template <class... Args>
    void expect(bool holds, fmt::format_string<Args...> otherwise, Args&&... args) {
        if (!holds) all.push_back(fmt::format(otherwise, std::forward<Args>(args)...));
    }
    std::vector<std::string> all;
};

// An order that was placed has this time for good.
bool was_placed(const api::Order& order) { return order.placed_at.has_value(); }

// An order without what a cancellation changes.
Json lasting(const api::Order& order) {
    Json out = schema::encode(order);
    for (const char* name : {"state", "reason", "version", "updated_at", "cancelled_at"})
        out.erase(name);
    return out;
}

void compare_acknowledged_orders(const OutsideLog& log, const StormBooks& books, Findings& out) {
    std::map<std::string, const api::Order*> kept;
    for (const auto& order : books.orders) kept[order.id] = &order;
    for (const auto& buyer : log.buyers) {
        for (const auto& [told, cancelled] : buyer.orders) {
            const auto at = kept.find(told.id);
            out.expect(at != kept.end(), "order {} was acknowledged and is lost", told.id);
            if (at == kept.end()) continue;
            const api::Order& order = *at->second;
            const char* state = cancelled ? "cancelled" : "placed";
            out.expect(order.state == state, "order {} is {}, not {}", order.id, order.state,
                       state);
            out.expect(lasting(order) == lasting(told), "order {} was {} and is {}", order.id,
                       schema::encode_text(told), schema::encode_text(order));
        }
    }
}

// Every buyer got an answer to every key in the end, so that there is no placed order beyond those.
void compare_placed_orders(const OutsideLog& log, const StormBooks& books, Findings& out) {
    std::map<std::string, std::string> told;  // ids by key
    std::set<std::string> refused;
    for (const auto& buyer : log.buyers) {
        for (const auto& bought : buyer.orders) {
            const bool first = told.emplace(bought.order.note, bought.order.id).second;
            out.expect(first, "key {} was answered with two orders", bought.order.note);
        }
        refused.insert(buyer.refused.begin(), buyer.refused.end());
    }
    for (const auto& order : books.orders) {
        if (!was_placed(order)) continue;
        const auto at = told.find(order.note);
        const bool known = at != told.end() && at->second == order.id;
        out.expect(known, "order {} was placed under key {}, which was {}", order.id, order.note,
                   at != told.end()            ? "answered with " + at->second
                   : refused.count(order.note) ? std::string("refused")
                                               : "never used");
    }
}

// Numbers are given in the orders' own transactions, so that they have no holes.
void check_order_list(const StormBooks& books, Findings& out) {
    std::vector<std::int64_t> numbers;
    std::set<std::string> ids;
    for (const auto& order : books.orders) {
        numbers.push_back(order.number);
        out.expect(ids.insert(order.id).second, "order {} is there twice", order.id);
        out.expect(order.state != "pending", "order {} is still pending", order.id);
    }
    std::ranges::sort(numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (numbers[i] != static_cast<std::int64_t>(i + 1))
            return out.expect(false, "order number {} is lost or there twice", i + 1);
}

// Sums of a ledger, and whether each level in it follows from the one before.
void check_ledger(const std::string& product, const ProductBook& book, Findings& out) {
    std::int64_t sum = 0;
    for (auto movement = book.movements.rbegin(); movement != book.movements.rend(); ++movement) {
        sum += movement->quantity;
        out.expect(movement->on_hand == sum, "{} of {} says {} on hand, and the ledger {}",
                   movement->id, product, movement->on_hand, sum);
    }
    out.expect(sum == book.level.on_hand, "{}: the ledger's sum is {}, and {} on hand", product,
               sum, book.level.on_hand);
}

void compare_levels(const OutsideLog& log, const StormBooks& books, Findings& out) {
    for (const auto& [product, pieces] : pieces_left(log)) {
        const auto at = books.products.find(product);
        out.expect(at != books.products.end(), "product {} is lost", product);
        if (at == books.products.end()) continue;
        const auto& level = at->second.level;
        out.expect(level.on_hand == pieces, "{}: {} on hand, and {} by what was acknowledged",
                   product, level.on_hand, pieces);
        out.expect(level.reserved == 0, "{}: {} still reserved", product, level.reserved);
        out.expect(level.available == level.on_hand, "{}: {} available of {}", product,
                   level.available, level.on_hand);
        check_ledger(product, at->second, out);
    }
}

void compare_receipts(const OutsideLog& log, const StormBooks& books, Findings& out) {
    std::map<std::string, std::string> kept;
    std::size_t initial = 0;
    for (const auto& [product, book] : books.products) {
        for (const auto& movement : book.movements) {
            if (movement.kind != "receive") continue;
            if (movement.reason == "initial stock") ++initial;
            kept[movement.id] = schema::encode_text(movement);
        }
    }
    for (const auto& told : log.receipts)
        out.expect(kept[told.id] == schema::encode_text(told),
                   "receipt {} was acknowledged and is lost or another one", told.id);
    out.expect(kept.size() == log.receipts.size() + initial,
               "{} receipts were acknowledged, and {} are there", log.receipts.size(),
               kept.size() - initial);
}

// What the ledger says of one order's pieces of one product.
struct Sold {
    std::vector<std::int64_t> sales;
    std::vector<std::int64_t> returns;
};

// Each order's pieces were sold once, and came back once where it was cancelled afterwards.
void compare_sales(const StormBooks& books, Findings& out) {
    std::map<std::pair<std::string, std::string>, Sold> sold;  // by order and product
    for (const auto& [product, book] : books.products) {
        for (const auto& movement : book.movements) {
            auto& entry = sold[{movement.reference, product}];
            if (movement.kind == "sale") entry.sales.push_back(-movement.quantity);
            if (movement.kind == "return") entry.returns.push_back(movement.quantity);
        }
    }
    for (const auto& order : books.orders) {
        for (const auto& line : order.lines) {
            const Sold entry = sold[{order.id, line.product_id}];
            const std::vector<std::int64_t> once{line.quantity}, never;
            const bool given_back = order.state == "cancelled";
            const bool right =
                was_placed(order)
                    ? entry.sales == once && entry.returns == (given_back ? once : never)
                    : entry.sales == entry.returns && entry.sales.size() < 2;
            out.expect(right, "order {} ({}): {} of {} were sold {} times and came back {} times",
                       order.id, order.state, line.quantity, line.product_id, entry.sales.size(),
                       entry.returns.size());
        }
    }
}

using Subjects = std::multiset<std::string>;

Subjects subjects_of(const std::vector<api::Event>& events, std::string_view type) {
    Subjects out;
    for (const auto& event : events)
        if (event.type == type) out.insert(event.subject);
    return out;
}

void check_feed(Service service, const std::vector<api::Event>& events, Findings& out) {
    for (std::size_t i = 0; i < events.size(); ++i)
        if (events[i].seq != static_cast<std::int64_t>(i + 1))
            return out.expect(false, "the feed of {} has {} where {} belongs", name_of(service),
                              events[i].seq, i + 1);
}

void compare_events(const StormBooks& books, Findings& out) {
    for (const auto& [service, events] : books.events) check_feed(service, events, out);
    Subjects begun, placed, cancelled, users;
    for (const auto& order : books.orders) {
        begun.insert(order.id);
        if (was_placed(order)) placed.insert(order.id);
        if (order.state == "cancelled") cancelled.insert(order.id);
    }
    for (const auto& user : books.users) users.insert(user.id);
    const auto expect_once_each = [&](Service service, const char* type, const Subjects& expected) {
        const Subjects found = subjects_of(books.events.at(service), type);
        out.expect(found == expected, "{}: {} events {}, and it happened {} times",
                   name_of(service), found.size(), type, expected.size());
    };
    expect_once_each(Service::orderd, "order.pending", begun);
    expect_once_each(Service::orderd, "order.placed", placed);
    expect_once_each(Service::orderd, "order.cancelled", cancelled);
    expect_once_each(Service::userd, "user.created", users);
}

void compare_carts(const OutsideLog& log, const StormBooks& books, Findings& out) {
    for (const auto& buyer : log.buyers) {
        const auto at = books.carts.find(buyer.user_id);
        out.expect(at != books.carts.end() && at->second == buyer.cart,
                   "the cart of {} has other pieces than it was said to have", buyer.user_id);
    }
}

void compare_accounts(const OutsideLog& log, const StormBooks& books, Findings& out) {
    std::map<std::string, std::string> kept;
    std::set<std::int64_t> numbers;
    for (const auto& user : books.users) {
        kept[user.id] = schema::encode_text(user);
        out.expect(numbers.insert(user.number).second, "user number {} is there twice",
                   user.number);
    }
    for (const auto& [user, refresh_token] : log.accounts) {
        const std::string told = schema::encode_text(user);
        out.expect(kept[user.id] == told, "account {} was acknowledged and is lost or another one",
                   user.username);
        const auto session = books.sessions.find(user.id);
        out.expect(session != books.sessions.end() && schema::encode_text(session->second) == told,
                   "the session of {} is lost or somebody else's", user.username);
    }
    const std::size_t made = log.accounts.size() + 1;  // the administrator's
    out.expect(books.users.size() == made, "{} accounts were made, and {} are there", made,
               books.users.size());
}

}  // namespace

std::vector<std::string> differences(const OutsideLog& log, const StormBooks& books) {
    Findings out;
    out.all = log.faults;
    check_order_list(books, out);
    compare_acknowledged_orders(log, books, out);
    compare_placed_orders(log, books, out);
    compare_levels(log, books, out);
    compare_receipts(log, books, out);
    compare_sales(books, out);
    compare_events(books, out);
    compare_carts(log, books, out);
    compare_accounts(log, books, out);
    return out.all;
}

}  // namespace shop::torture
