// The stock ledger against a model: whatever movements and reservations come, in whatever order.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <map>

#include "base/id.hpp"
#include "productd/products.hpp"
#include "productd/reservations.hpp"
#include "productd/stock.hpp"
#include "support/rig.hpp"

using namespace shop;
using namespace shop::products;

namespace {

constexpr std::size_t kProducts = 3;  // the last one's stock is not tracked
constexpr std::size_t kTracked = 2;
constexpr std::size_t kOrders = 4;

enum class Op { receive, adjust, count, hold, confirm, release, pass_time };

struct Step {
    Op op = Op::receive;
    std::size_t product = 0;
    std::size_t order = 0;
    std::int64_t quantity = 0;
    std::int64_t second_quantity = 0;  // of the next product, in a reservation; 0: one line
};

// What must come out, said in the simplest way.
struct Model {
    struct Held {
        std::string state, reason;
        std::map<std::size_t, std::int64_t> lines;
        std::int64_t expires = 0;
    };
    std::array<std::int64_t, kProducts> on_hand{};
    std::map<std::size_t, Held> orders;
    std::int64_t now = 0;

    std::int64_t reserved(std::size_t product) const {
        std::int64_t sum = 0;
        for (const auto& [_, order] : orders)
            if (order.state == "held" && order.lines.contains(product))
                sum += order.lines.at(product);
        return product < kTracked ? sum : 0;
    }
    bool covers(std::size_t product, std::int64_t quantity) const {
        return product >= kTracked || on_hand[product] - reserved(product) >= quantity;
    }
    bool set(std::size_t product, std::int64_t to) {
        if (product >= kTracked || to < reserved(product)) return false;
        on_hand[product] = to;
        return true;
    }
    bool move(const Step& s) {
        const std::int64_t now_there = on_hand[s.product];
        if (s.op == Op::receive) return s.quantity > 0 && set(s.product, now_there + s.quantity);
        if (s.op == Op::adjust) return s.quantity != 0 && set(s.product, now_there + s.quantity);
        return s.quantity >= 0 && set(s.product, s.quantity);
    }
    bool hold(const std::map<std::size_t, std::int64_t>& lines, std::size_t order) {
        const auto known = orders.find(order);
        const bool over = known != orders.end() && known->second.state == "released";
        if (over && known->second.reason != "expired") return false;
        if (known != orders.end() && !over) {
            if (known->second.lines != lines) return false;
            if (known->second.state == "held" && known->second.expires <= now)
                known->second.expires = now + 10;
            return true;
        }
        for (const auto& [product, quantity] : lines)
            if (!covers(product, quantity)) return false;
        orders[order] = {"held", "", lines, now + 10};
        return true;
    }
    void add(const Held& order, std::int64_t sign) {
        for (const auto& [product, quantity] : order.lines)
            if (product < kTracked) on_hand[product] += sign * quantity;
    }
    bool confirm(std::size_t id) {
        if (!orders.contains(id) || orders[id].state == "released") return false;
        if (orders[id].state == "held") add(orders[id], -1);
        orders[id].state = "confirmed";
        return true;
    }
    bool release(std::size_t id, const std::string& reason) {
        if (!orders.contains(id)) return false;
        if (orders[id].state == "released") return true;
        if (orders[id].state == "confirmed") add(orders[id], 1);
        orders[id].state = "released";
        orders[id].reason = reason;
        return true;
    }
    void pass_time(std::int64_t seconds) {
        now += seconds;
        for (auto& [id, order] : orders)
            if (order.state == "held" && order.expires <= now) release(id, "expired");
    }
};

// The real thing, in one transaction that is given up at the end.
class Real {
public:
    Real(const Tables& tables, store::Transaction& tx) : tables_(tables), tx_(tx) {
        for (std::size_t i = 0; i < kProducts; ++i) {
            auto change = next_change();
            api::Product product{.sku = fmt::format("P{}", i), .name = "Piece"};
            product.track_stock = i < kTracked;
            ids_.push_back(create(tables_, change, product).value().id);
        }
        for (std::size_t i = 0; i < kOrders; ++i) orders_.push_back(new_id("ord"));
    }

    bool move(const Step& s) {
        auto change = next_change();
        const char* kind = s.op == Op::receive  ? "receive"
                           : s.op == Op::adjust ? "adjust"
                                                : "count";
        return book(tables_, change, *tables_.products.get(tx_, ids_[s.product]),
                    {.kind = kind, .quantity = s.quantity})
            .has_value();
    }
    bool hold(const std::map<std::size_t, std::int64_t>& lines, std::size_t order) {
        api::Reservation asked{.ttl_seconds = 10};
        for (const auto& [product, quantity] : lines)
            asked.lines.push_back({ids_[product], quantity});
        auto change = next_change();
        return products::hold(tables_, change, orders_[order], asked).has_value();
    }
    bool confirm(std::size_t order) {
        auto change = next_change();
        return products::confirm(tables_, change, orders_[order]).has_value();
    }
    bool release(std::size_t order) {
        auto change = next_change();
        return products::release(tables_, change, orders_[order], "cancelled").has_value();
    }
    void pass_time(std::int64_t seconds) {
        origin_.now += std::chrono::seconds(seconds);
        auto change = next_change();
        while (release_expired(tables_, change, 1) > 0) {
        }
    }
    // What differs from the model; empty: nothing.
    std::string difference(const Model& model) const {
        for (std::size_t i = 0; i < kProducts; ++i) {
            const auto level = level_of(tables_, tx_, ids_[i]);
            if (level.has_value() != (i < kTracked)) return "a level too many or too few";
            if (!level) continue;
            const std::int64_t reserved = model.reserved(i);
            if (level->on_hand != model.on_hand[i] || level->reserved != reserved ||
                level->available != level->on_hand - reserved || level->available < 0)
                return fmt::format("product {}: {} on hand, {} reserved, {} available; not {}, {}",
                                   i, level->on_hand, level->reserved, level->available,
                                   model.on_hand[i], reserved);
            if (ledger_sum(i) != level->on_hand) return "the ledger's sum is not the level";
        }
        return {};
    }

private:
    events::Change next_change() { return {tx_, tables_.journal, origin_}; }
    std::int64_t ledger_sum(std::size_t product) const {
        std::int64_t sum = 0;
        tx_.scan(tables_.movements, store::prefix_range(ids_[product]),
                 [&](std::string_view, std::string_view bytes) {
                     sum += schema::decode_stored<api::StockMovement>(bytes).quantity;
                     return true;
                 });
        return sum;
    }

    const Tables& tables_;
    store::Transaction& tx_;
    events::Origin origin_{.action = "test", .now = Time{std::chrono::hours{24}}};
    std::vector<std::string> ids_;
    std::vector<std::string> orders_;
};

std::map<std::size_t, std::int64_t> lines_of(const Step& s) {
    std::map<std::size_t, std::int64_t> lines{{s.product, s.quantity}};
    if (s.second_quantity > 0) lines[(s.product + 1) % kProducts] = s.second_quantity;
    return lines;
}

// Does the step on both sides; empty: they agree.
std::string apply(const Step& s, Model& model, Real& real) {
    bool expected = true;
    bool done = true;
    switch (s.op) {
        case Op::receive:
        case Op::adjust:
        case Op::count:
            expected = model.move(s), done = real.move(s);
            break;
        case Op::hold:
            expected = model.hold(lines_of(s), s.order), done = real.hold(lines_of(s), s.order);
            break;
        case Op::confirm:
            expected = model.confirm(s.order), done = real.confirm(s.order);
            break;
        case Op::release:
            expected = model.release(s.order, "cancelled"), done = real.release(s.order);
            break;
        case Op::pass_time:
            model.pass_time(s.quantity), real.pass_time(s.quantity);
            break;
    }
    if (expected != done) return fmt::format("accepted: {}, should be {}", done, expected);
    return real.difference(model);
}

std::vector<Step> arbitrary_steps() {
    using rc::gen::inRange;
    std::vector<Step> steps(*inRange<std::size_t>(1, 60));
    for (auto& step : steps) {
        step.op = static_cast<Op>(*inRange(0, 7));
        step.product = *inRange<std::size_t>(0, kProducts);
        step.order = *inRange<std::size_t>(0, kOrders);
        const bool may_be_negative = step.op == Op::adjust || step.op == Op::count;
        step.quantity = *inRange<std::int64_t>(may_be_negative ? -8 : 1, 9);
        step.second_quantity = *inRange<std::int64_t>(0, 4);
    }
    return steps;
}

}  // namespace

TEST_CASE("stock: on hand is the sum of movements and available is never below zero",
          "[productd]") {
    const shop::test::TempFolder folder;
    const Tables tables;
    const auto store =
        store::open_lmdb({.folder = folder.path(), .tables = tables.layout.tables()}).value();
    CHECK(rc::check("the ledger against a model", [&] {
        const auto steps = arbitrary_steps();
        std::string wrong;
        const auto given_up = store->write([&](store::Transaction& tx) -> Result<void> {
            Model model;
            Real real(tables, tx);
            for (std::size_t i = 0; i < steps.size() && wrong.empty(); ++i) {
                wrong = apply(steps[i], model, real);
                if (!wrong.empty())
                    wrong =
                        fmt::format("step {} (op {}): {}", i, static_cast<int>(steps[i].op), wrong);
            }
            return fail(Code::conflict, "given up");
        });
        RC_ASSERT(given_up.error().message == "given up");
        RC_ASSERT(wrong == "");
    }));
}
