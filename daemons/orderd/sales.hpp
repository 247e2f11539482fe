// Figures of what was sold: orders by the day on which they were placed.
//
// Orders are read newest first, some at a time on snapshots of their own, up to the first that was
// made too long before the days in question. An order that changes meanwhile is seen as it was or
// as it is; none is seen twice.
//
// Thread safety: SalesSum belongs to one thread; SalesDesk to all.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "api/sales.hpp"
#include "orderd/store.hpp"

namespace shop::orders {

// Adds orders up.
class SalesSum {
public:
    // Of so many days of UTC, that of `now` being the last.
    SalesSum(Time now, std::int64_t days, std::string currency);

    // Counts the order where it belongs to these days: one placed then and not cancelled, in the
    // shop's currency. Newest first, so that a product has its newest name. invalid_argument at
    // `days` where a sum passes what can be written; the sums are of no use then.
    Result<void> add(const api::Order& order);
    // No order that was created before it can belong to these days.
    Time created_from() const;
    // With the products that earned most; the sums are used up.
    api::Sales take();

private:
    Result<void> add_line(const api::Line& line);

    std::chrono::sys_days first_day_;
    std::string currency_;
    api::Sales sales_;
    std::map<std::string, api::SalesProduct, std::less<>> products_;
};

// Everything outlives the desk.
struct SalesParts {
    const Tables& tables;
    const store::Store& store;
    const Clock& clock;
    std::string currency;
};

// Answers that are kept for some seconds, for everybody who may see them.
class SalesDesk {
public:
    explicit SalesDesk(SalesParts parts) : parts_(std::move(parts)) {}

    // JSON of api::Sales. `days` is 1 to kSalesDaysMax (an assertion). invalid_argument at `days`:
    // too many orders, or too large a sum, for one answer. unavailable: others are at it and take
    // their time.
    Result<std::string> report(std::int64_t days);

private:
    struct Kept {
        Time made_at;
        Time until;
        std::string json;
    };

    Result<api::Sales> add_up(std::int64_t days, Time now) const;
    Result<void> add_orders(SalesSum& sum) const;
    Result<std::int64_t> count(std::string_view state) const;

    SalesParts parts_;
    std::timed_mutex mutex_;  // guards kept_; held while one adds up, so that the others need not
    std::map<std::int64_t, Kept> kept_;  // by days
};

}  // namespace shop::orders
