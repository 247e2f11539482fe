#include "orderd/sales.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "orderd/order.hpp"

namespace shop::orders {
namespace {

using api::Order;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;

// On one snapshot: some hundredths of a second.
constexpr std::size_t kOrdersAtOnce = 500;
constexpr std::size_t kEntriesAtOnce = 50'000;
// For one answer: more take longer than a caller waits.
constexpr std::size_t kOrdersMax = 200'000;
// An order is placed within it, or never: seconds, but for an outage of productd.
constexpr auto kPlacedWithin = days(7);
constexpr auto kKeep = 5s;
// What takes long is kept longer: adding up takes a twentieth of a core at most.
constexpr int kKeepFactor = 20;
constexpr std::size_t kKeptMax = 16;
constexpr auto kTurnWait = 1s;

std::string day_text(sys_days day) { return format_time(Time(day)).substr(0, 10); }

bool is_sold(const Order& order) {
    return order.placed_at && (order.state == state::kPlaced || order.state == state::kFulfilled);
}

bool add_checked(std::int64_t& sum, std::int64_t more) {
    return !__builtin_add_overflow(sum, more, &sum);
}

// One more order, or a line's pieces, in whatever has these figures.
bool add_figures(auto& to, std::int64_t pieces, const Money& revenue) {
    return add_checked(to.pieces, pieces) && add_checked(to.revenue.amount, revenue.amount);
}

Failure too_large() {
    return fail_field("days", "has a sum that is too large to be written; ask for fewer days");
}

}  // namespace

SalesSum::SalesSum(Time now, std::int64_t count, std::string currency)
    : first_day_(floor<days>(now) - days(count - 1)), currency_(std::move(currency)) {
    sales_.made_at = now;
    sales_.total.revenue = {0, currency_};
    for (std::int64_t i = 0; i < count; ++i)
        sales_.days.push_back({day_text(first_day_ + days(i)), 0, 0, {0, currency_}});
}

Time SalesSum::created_from() const { return first_day_ - kPlacedWithin; }

Result<void> SalesSum::add(const Order& order) {
    if (!is_sold(order)) return {};
    const auto day = (floor<days>(*order.placed_at) - first_day_).count();
    if (day < 0 || day >= std::ssize(sales_.days)) return {};
    if (order.total.currency != currency_) {
        ++sales_.in_other_currencies;
        return {};
    }
    std::int64_t pieces = 0;
    for (const auto& line : order.lines) {
        if (!add_checked(pieces, line.quantity)) return too_large();
        SHOP_CHECK(add_line(line));
    }
    auto& of_day = sales_.days[static_cast<std::size_t>(day)];
    ++of_day.orders;
    ++sales_.total.orders;
    if (!add_figures(of_day, pieces, order.total) ||
        !add_figures(sales_.total, pieces, order.total))
        return too_large();
    return {};
}

Result<void> SalesSum::add_line(const api::Line& line) {
    auto found = products_.find(line.product_id);
    if (found == products_.end())
        found =
            products_
                .emplace(line.product_id,
                         api::SalesProduct{line.product_id, line.sku, line.name, 0, {0, currency_}})
                .first;
    if (!add_figures(found->second, line.quantity, line.total)) return too_large();
    return {};
}

api::Sales SalesSum::take() {
    auto& out = sales_.products;
    for (auto& [id, product] : products_) out.push_back(std::move(product));
    products_.clear();
    // Stable: of the same revenue the same ones each time.
    std::ranges::stable_sort(out, std::ranges::greater{}, [](const api::SalesProduct& product) {
        return product.revenue.amount;
    });
    if (out.size() > api::kSalesProductsMax) out.resize(api::kSalesProductsMax);
    return std::move(sales_);
}

Result<std::string> SalesDesk::report(std::int64_t count) {
    assert(count >= 1 && count <= api::kSalesDaysMax);
    const std::unique_lock lock(mutex_, kTurnWait);
    if (!lock)
        return Failure(Error{Code::unavailable,
                             "The figures are just being added up; try again in a moment.",
                             {},
                             1});
    const Time now = parts_.clock.now();
    const auto kept = kept_.find(count);
    // A new day begins with an answer of its own.
    if (kept != kept_.end() && now < kept->second.until && now >= kept->second.made_at &&
        floor<days>(now) == floor<days>(kept->second.made_at))
        return kept->second.json;
    SHOP_TRY(sales, add_up(count, now));
    std::string json = schema::encode_text(sales);
    if (kept_.size() >= kKeptMax) kept_.clear();
    const Time done = parts_.clock.now();
    kept_.insert_or_assign(
        count, Kept{now, done + std::max<Millis>(kKeep, (done - now) * kKeepFactor), json});
    return json;
}

Result<api::Sales> SalesDesk::add_up(std::int64_t count_of_days, Time now) const {
    SalesSum sum(now, count_of_days, parts_.currency);
    SHOP_CHECK(add_orders(sum));
    auto sales = sum.take();
    SHOP_TRY(placed, count(state::kPlaced));
    SHOP_TRY(pending, count(state::kPending));
    sales.to_fulfil = placed;
    sales.pending = pending;
    return sales;
}

Result<void> SalesDesk::add_orders(SalesSum& sum) const {
    const auto& orders = parts_.tables.orders;
    std::string after;
    std::size_t examined = 0;
    for (bool more = true; more;) {
        more = false;
        std::size_t here = 0;
        SHOP_CHECK(parts_.store.read([&](const store::Snapshot& snapshot) {
            Result<void> added;
            const auto visit = [&](std::string_view id, std::string_view position) {
                more = here++ == kOrdersAtOnce;
                if (more) return false;
                after = position;
                const auto order = orders.get(snapshot, id);
                if (order->created_at < sum.created_from()) return false;
                added = sum.add(*order);
                return added.has_value();
            };
            orders.walk(snapshot, "", std::string(after), true, visit);
            return added;
        }));
        examined += here;
        if (more && examined > kOrdersMax)
            return fail_field(
                "days", fmt::format("has more than {} orders; ask for fewer days", kOrdersMax));
    }
    return {};
}

Result<std::int64_t> SalesDesk::count(std::string_view state) const {
    std::int64_t found = 0;
    std::string after;
    for (bool more = true; more;) {
        more = false;
        std::size_t here = 0;
        SHOP_CHECK(parts_.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
            const auto visit = [&](std::string_view, std::string_view position) {
                more = here++ == kEntriesAtOnce;
                if (more) return false;
                after = position;
                ++found;
                return true;
            };
            parts_.tables.orders.walk_equal(snapshot, "state", state, std::string(after), false,
                                            visit);
            return {};
        }));
    }
    return found;
}

}  // namespace shop::orders
